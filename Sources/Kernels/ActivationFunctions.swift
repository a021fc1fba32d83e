// One value of every activation's parts, inlined into the loops, where they vectorise.

/// A value and its derivative, which share what is costly to compute.
typealias Slope<T> = (value: T, slope: T)

@inline(__always)
func sigmoid<T: KernelScalar>(_ x: T) -> T { 1 / (1 + T.exponential(-x)) }

/// 2·√(2/π)·(x + 0.044715·x³): (1 + tanh u)/2 is σ(2u), which costs one exponential and no tanh.
@inline(__always)
func tanhArgument<T: KernelScalar>(_ x: T) -> T { 1.595_769_121_605_731 * x * (1 + 0.044_715 * x * x) }

@inline(__always)
func normalCDF<T: KernelScalar>(_ x: T) -> T { 0.5 * (1 + T.errorFunction(x * 0.707_106_781_186_547_5)) }

@inline(__always)
func normalDensity<T: KernelScalar>(_ x: T) -> T { 0.398_942_280_401_432_7 * T.exponential(-0.5 * x * x) }

/// The normal distribution's Φ(x[i]) for every i: calls of libm, a block of them at a time, so that what is made of them vectorises.
@inline(__always)
func eachNormalCDF<T: KernelScalar>(_ x: UnsafeMutablePointer<T>, _ count: Int, _ body: (_ i: Int, _ below: T) -> Void)
{
  withUnsafeTemporaryAllocation(of: T.self, capacity: 256) { block in
    let block = block.baseAddress!
    for start in stride(from: 0, to: count, by: 256) {
      let (source, length) = (x + start, min(256, count - start))
      for i in 0..<length { block[i] = normalCDF(source[i]) }
      for i in 0..<length { body(start &+ i, block[i]) }
    }
  }
}

@inline(__always)
func relu<T: KernelScalar>(_ x: T) -> Slope<T> { (x < 0 ? 0 : x, x > 0 ? 1 : 0) }

/// - Parameter below: Φ(x).
@inline(__always)
func gelu<T: KernelScalar>(_ x: T, _ below: T) -> Slope<T> { (x * below, below + x * normalDensity(x)) }

/// x·σ(u), and σ + x·σ·(1 − σ)·u′ with u′ = 2·√(2/π)·(1 + 3·0.044715·x²).
@inline(__always)
func geluTanh<T: KernelScalar>(_ x: T) -> Slope<T> {
  let s = sigmoid(tanhArgument(x))
  return (x * s, s + x * s * (1 - s) * (1.595_769_121_605_731 * (1 + 0.134_145 * x * x)))
}

/// x·σ(βx), and σ + βx·σ·(1 − σ).
@inline(__always)
func swish<T: KernelScalar>(_ x: T, _ beta: T) -> Slope<T> {
  let s = sigmoid(beta * x)
  return (x * s, s + beta * x * s * (1 - s))
}
