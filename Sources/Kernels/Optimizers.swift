import Foundation
package import Quantities

/// Which update, with its constants; PyTorch's semantics.
package enum OptimizerLoop: Sendable {
  case sgd(decay: Double)
  case momentum(momentum: Double, dampening: Double, nesterov: Bool, decay: Double)
  case adagrad(epsilon: Double, decay: Double)
  case rmsprop(alpha: Double, epsilon: Double, momentum: Double, decay: Double)
  /// Decoupled decay shrinks the parameter; coupled decay adds to the gradient.
  case adam(beta1: Double, beta2: Double, epsilon: Double, decay: Double, decoupled: Bool)
}

/// One step on `count` parameters; the gradient is scaled by `clip` on the way in.
///
/// - Parameters:
///   - step: counted from 1.
///   - guarded: leaves everything as it is where `clip` is not finite.
package func optimizerStep(
  _ loop: OptimizerLoop, _ type: ScalarType, gradient: Region, parameter: Region, states: [Region], count: Int,
  rate: Double, step: Int, clip: Double, guarded: Bool = false
) {
  guard clip.isFinite || !guarded else { return }
  type.isDouble
    ? run(Double.self, loop, gradient, parameter, states, count, rate, step, clip)
    : run(Float.self, loop, gradient, parameter, states, count, rate, step, clip)
}

private func run<T: KernelScalar>(
  _: T.Type, _ loop: OptimizerLoop, _ gradient: Region, _ parameter: Region, _ states: [Region], _ count: Int,
  _ rate: Double, _ step: Int, _ clip: Double
) {
  let (g, p) = (gradient.values(T.self, count), parameter.values(T.self, count))
  let s = states.map { $0.values(T.self, count) }
  let (lr, clip) = (T(rate), T(clip))
  switch loop {
  case .sgd(let decay):
    let decay = T(decay)
    for i in 0..<count { p[i] -= lr * (g[i] * clip + decay * p[i]) }
  case .momentum(let momentum, let dampening, let nesterov, let decay):
    // PyTorch starts the buffer with the first gradient, undampened.
    let (keep, take) = step == 1 ? (T(0), T(1)) : (T(momentum), T(1 - dampening))
    momentumLoop(g, p, s[0], count, lr, clip, keep, take, T(momentum), nesterov, T(decay))
  case .adagrad(let epsilon, let decay):
    let (epsilon, decay, sum) = (T(epsilon), T(decay), s[0])
    for i in 0..<count {
      let gradient = g[i] * clip + decay * p[i]
      sum[i] += gradient * gradient
      p[i] -= lr * gradient / (sum[i].squareRoot() + epsilon)
    }
  case .rmsprop(let alpha, let epsilon, let momentum, let decay):
    rmspropLoop(g, p, s, count, lr, clip, T(alpha), T(epsilon), T(momentum), T(decay))
  case .adam(let beta1, let beta2, let epsilon, let decay, let decoupled):
    adamLoop(
      g, p, s[0], s[1], count, clip, beta: (T(beta1), T(beta2)), gain: (T(1 - beta1), T(1 - beta2)),
      rate: T(rate / (1 - pow(beta1, Double(step)))), root: T(1 / (1 - pow(beta2, Double(step))).squareRoot()),
      epsilon: T(epsilon), shrink: decoupled ? T(1 - rate * decay) : 1, coupled: decoupled ? 0 : T(decay))
  }
}

@inline(__always)
private func momentumLoop<T: KernelScalar>(
  _ g: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<T>, _ buffer: UnsafeMutablePointer<T>, _ count: Int,
  _ lr: T, _ clip: T, _ keep: T, _ take: T, _ momentum: T, _ nesterov: Bool, _ decay: T
) {
  for i in 0..<count {
    let gradient = g[i] * clip + decay * p[i]
    buffer[i] = keep * buffer[i] + take * gradient
    p[i] -= lr * (nesterov ? gradient + momentum * buffer[i] : buffer[i])
  }
}

@inline(__always)
private func rmspropLoop<T: KernelScalar>(
  _ g: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<T>, _ s: [UnsafeMutablePointer<T>], _ count: Int, _ lr: T,
  _ clip: T, _ alpha: T, _ epsilon: T, _ momentum: T, _ decay: T
) {
  let (square, rest) = (s[0], 1 - alpha)
  if s.count == 1 {
    for i in 0..<count {
      let gradient = g[i] * clip + decay * p[i]
      square[i] = alpha * square[i] + rest * gradient * gradient
      p[i] -= lr * gradient / (square[i].squareRoot() + epsilon)
    }
  } else {
    let buffer = s[1]
    for i in 0..<count {
      let gradient = g[i] * clip + decay * p[i]
      square[i] = alpha * square[i] + rest * gradient * gradient
      buffer[i] = momentum * buffer[i] + gradient / (square[i].squareRoot() + epsilon)
      p[i] -= lr * buffer[i]
    }
  }
}

@inline(__always)
private func adamLoop<T: KernelScalar>(
  _ g: UnsafeMutablePointer<T>, _ p: UnsafeMutablePointer<T>, _ m: UnsafeMutablePointer<T>,
  _ v: UnsafeMutablePointer<T>, _ count: Int, _ clip: T, beta: (T, T), gain: (T, T), rate: T, root: T, epsilon: T,
  shrink: T, coupled: T
) {
  for i in 0..<count {
    let gradient = g[i] * clip + coupled * p[i]
    m[i] = beta.0 * m[i] + gain.0 * gradient
    v[i] = beta.1 * v[i] + gain.1 * gradient * gradient
    p[i] = p[i] * shrink - rate * m[i] / (v[i].squareRoot() * root + epsilon)
  }
}
