package import Quantities

/// y = residual + dropout(x), or residual + x without a mask.
package func residualAdd(
  _ type: ScalarType, _ residual: Region, _ x: Region, _ y: Region, rows: Int, columns: Int, mask: MaskKey?
) {
  type.isDouble
    ? residualAddLoop(Double.self, residual, x, y, rows, columns, mask)
    : residualAddLoop(Float.self, residual, x, y, rows, columns, mask)
}

private func residualAddLoop<T: KernelScalar>(
  _: T.Type, _ residual: Region, _ x: Region, _ y: Region, _ rows: Int, _ columns: Int, _ mask: MaskKey?
) {
  let count = rows * columns
  let (r, x, y) = (residual.values(T.self, count), x.values(T.self, count), y.values(T.self, count))
  guard let mask else {
    for i in 0..<count { y[i] = r[i] + x[i] }
    return
  }
  let scale = T(mask.scale)
  for row in 0..<rows {
    let (keep, base) = (mask.row(row), row * columns)
    for j in 0..<columns { y[base + j] = r[base + j] + (keep.keeps(j) ? x[base + j] * scale : 0) }
  }
}

/// dx = dy ∘ mask / (1 − p); dx may be dy.
package func dropout(_ type: ScalarType, _ dy: Region, _ dx: Region, rows: Int, columns: Int, mask: MaskKey) {
  type.isDouble
    ? dropoutLoop(Double.self, dy, dx, rows, columns, mask) : dropoutLoop(Float.self, dy, dx, rows, columns, mask)
}

private func dropoutLoop<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ dx: Region, _ rows: Int, _ columns: Int, _ mask: MaskKey
) {
  let (dy, dx) = (dy.values(T.self, rows * columns), dx.values(T.self, rows * columns))
  let scale = T(mask.scale)
  for row in 0..<rows {
    let (keep, from, to) = (mask.row(row), dy + row * columns, dx + row * columns)
    // In place through one pointer: two that are equal would fail the vectorised loop's overlap check.
    if from == to {
      for j in 0..<columns { to[j] = keep.keeps(j) ? to[j] * scale : 0 }
    } else {
      for j in 0..<columns { to[j] = keep.keeps(j) ? from[j] * scale : 0 }
    }
  }
}
