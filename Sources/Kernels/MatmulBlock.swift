import COpenBLAS

/// A block of a larger row-major fp32 matrix: `stride` values from one row's start to the next.
package struct MatrixBlock {
  package var region: Region
  package var stride: Int

  package init(_ region: Region, stride: Int) { (self.region, self.stride) = (region, stride) }

  fileprivate func values(rows: Int, columns: Int) -> UnsafeMutablePointer<Float> {
    region.values(Float.self, max(0, rows - 1) * stride + columns)
  }
}

/// C[m,n] (+)= op(A)·op(B) for blocks in fp32.
package func matmulBlock(
  _ a: MatrixBlock, _ b: MatrixBlock, _ c: MatrixBlock, m: Int, n: Int, k: Int, transposeA: Bool, transposeB: Bool,
  accumulate: Bool
) {
  Float.gemm(
    transposeA, transposeB, m, n, k, 1, transposeA ? a.values(rows: k, columns: m) : a.values(rows: m, columns: k),
    a.stride, transposeB ? b.values(rows: n, columns: k) : b.values(rows: k, columns: n), b.stride,
    accumulate ? 1 : 0, c.values(rows: m, columns: n), c.stride)
}

/// c[row] (+)= bias on every row of a block in fp32.
package func biasBlock(_ c: MatrixBlock, bias: Region, rows: Int, columns: Int, accumulate: Bool) {
  let (c, stride, bias) = (c.values(rows: rows, columns: columns), c.stride, bias.values(Float.self, columns))
  for row in 0..<rows {
    let target = c + row * stride
    if accumulate { for j in 0..<columns { target[j] += bias[j] } } else { target.update(from: bias, count: columns) }
  }
}
