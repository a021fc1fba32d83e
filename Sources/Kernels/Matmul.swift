import COpenBLAS
package import Quantities

/// C[m,n] (+)= op(A)·op(B) (+ bias[n] on every row), row-major, by OpenBLAS. A bias is laid into C first and added to: no pass of
/// its own.
package func matmul(
  _ type: ScalarType, _ a: Region, _ b: Region, bias: Region?, _ c: Region, m: Int, n: Int, k: Int,
  transposeA: Bool, transposeB: Bool, accumulate: Bool
) {
  type.isDouble
    ? product(Double.self, a, b, bias, c, m, n, k, transposeA, transposeB, accumulate)
    : product(Float.self, a, b, bias, c, m, n, k, transposeA, transposeB, accumulate)
}

private func product<T: KernelScalar>(
  _: T.Type, _ a: Region, _ b: Region, _ bias: Region?, _ c: Region, _ m: Int, _ n: Int, _ k: Int,
  _ transposeA: Bool, _ transposeB: Bool, _ accumulate: Bool
) {
  let (a, b, c) = (a.values(T.self, m * k), b.values(T.self, k * n), c.values(T.self, m * n))
  if let bias {
    let bias = bias.values(T.self, n)
    for row in 0..<m {
      let target = c + row * n
      if accumulate { for j in 0..<n { target[j] += bias[j] } } else { target.update(from: bias, count: n) }
    }
  }
  T.gemm(
    transposeA, transposeB, m, n, k, 1, a, transposeA ? m : k, b, transposeB ? k : n,
    accumulate || bias != nil ? 1 : 0, c, n)
}

/// Threads that one matrix product may use; ranks share the cores, so one.
package func setMatmulThreads(_ count: Int) { openblas_set_num_threads(Int32(count)) }
