package import Quantities

/// Which function; the same words as the program's, kept apart so that loops know nothing of programs.
package enum ActivationLoop: Sendable { case relu, gelu, geluTanh, silu, quickGELU }

/// y[i] = f(x[i]).
package func activation(_ f: ActivationLoop, _ type: ScalarType, _ x: Region, _ y: Region, count: Int) {
  type == .float64 ? forward(f, Double.self, x, y, count) : forward(f, Float.self, x, y, count)
}

/// dx[i] = dy[i]·f′(x[i]); dx may be dy.
package func activationBackward(
  _ f: ActivationLoop, _ type: ScalarType, _ dy: Region, _ x: Region, _ dx: Region, count: Int
) {
  type == .float64 ? backward(f, Double.self, dy, x, dx, count) : backward(f, Float.self, dy, x, dx, count)
}

private func forward<T: KernelScalar>(_ f: ActivationLoop, _: T.Type, _ x: Region, _ y: Region, _ count: Int) {
  let (x, y) = (x.values(T.self, count), y.values(T.self, count))
  switch f {
  case .relu: for i in 0..<count { y[i] = x[i] < 0 ? 0 : x[i] }
  case .gelu: for i in 0..<count { y[i] = x[i] * normalCDF(x[i]) }
  case .geluTanh: for i in 0..<count { y[i] = x[i] * sigmoid(tanhArgument(x[i])) }
  case .silu: for i in 0..<count { y[i] = x[i] * sigmoid(x[i]) }
  case .quickGELU: for i in 0..<count { y[i] = x[i] * sigmoid(x[i] * 1.702) }
  }
}

private func backward<T: KernelScalar>(
  _ f: ActivationLoop, _: T.Type, _ dy: Region, _ x: Region, _ dx: Region, _ count: Int
) {
  let (dy, x, dx) = (dy.values(T.self, count), x.values(T.self, count), dx.values(T.self, count))
  // In place through one pointer: two that are equal would fail the vectorised loop's overlap check.
  if dx != dy { dx.update(from: dy, count: count) }
  switch f {
  case .relu: for i in 0..<count { dx[i] = x[i] > 0 ? dx[i] : 0 }
  case .gelu: for i in 0..<count { dx[i] *= normalCDF(x[i]) + x[i] * normalDensity(x[i]) }
  case .geluTanh: for i in 0..<count { dx[i] *= geluTanhSlope(x[i]) }
  case .silu: for i in 0..<count { dx[i] *= swishSlope(x[i], 1) }
  case .quickGELU: for i in 0..<count { dx[i] *= swishSlope(x[i], 1.702) }
  }
}

/// d/dx of x·σ(u): σ + x·σ·(1 − σ)·u′, with u′ = 2·√(2/π)·(1 + 3·0.044715·x²).
@inline(__always)
private func geluTanhSlope<T: KernelScalar>(_ x: T) -> T {
  let s = sigmoid(tanhArgument(x))
  return s + x * s * (1 - s) * (1.595_769_121_605_731 * (1 + 0.134_145 * x * x))
}

@inline(__always)
private func sigmoid<T: KernelScalar>(_ x: T) -> T { 1 / (1 + T.exponential(-x)) }

/// 2·√(2/π)·(x + 0.044715·x³): (1 + tanh u)/2 is σ(2u), which costs one exponential and no tanh.
@inline(__always)
private func tanhArgument<T: KernelScalar>(_ x: T) -> T { 1.595_769_121_605_731 * x * (1 + 0.044_715 * x * x) }

@inline(__always)
private func swishSlope<T: KernelScalar>(_ x: T, _ beta: T) -> T {
  let s = sigmoid(beta * x)
  return s + beta * x * s * (1 - s)
}

@inline(__always)
private func normalCDF<T: KernelScalar>(_ x: T) -> T { 0.5 * (1 + T.errorFunction(x * 0.707_106_781_186_547_5)) }

@inline(__always)
private func normalDensity<T: KernelScalar>(_ x: T) -> T { 0.398_942_280_401_432_7 * T.exponential(-0.5 * x * x) }
