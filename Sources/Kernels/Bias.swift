package import Quantities

/// y[rows, columns] += bias[columns] on every row, in place.
package func addBias(_ type: ScalarType, _ bias: Region, to y: Region, rows: Int, columns: Int) {
  type.isDouble ? addBiasLoop(Double.self, bias, y, rows, columns) : addBiasLoop(Float.self, bias, y, rows, columns)
}

private func addBiasLoop<T: KernelScalar>(_: T.Type, _ bias: Region, _ y: Region, _ rows: Int, _ columns: Int) {
  let (bias, y) = (bias.values(T.self, columns), y.values(T.self, rows * columns))
  for row in 0..<rows {
    let line = y + row * columns
    for j in 0..<columns { line[j] += bias[j] }
  }
}

/// y[columns] (+)= Σ over rows of x[rows, columns], rows in ascending order.
package func columnSum(_ type: ScalarType, _ x: Region, _ y: Region, rows: Int, columns: Int, accumulate: Bool) {
  if !accumulate { fill(type, y, count: columns, value: 0) }
  type.isDouble
    ? columnSumLoop(Double.self, x, y, rows, columns) : columnSumLoop(Float.self, x, y, rows, columns)
}

private func columnSumLoop<T: KernelScalar>(_: T.Type, _ x: Region, _ y: Region, _ rows: Int, _ columns: Int) {
  let (x, y) = (x.values(T.self, rows * columns), y.values(T.self, columns))
  // Four rows a pass: y is loaded and stored a quarter as often.
  var row = 0
  while row + 4 <= rows {
    let (a, b, c, d) = (x + row * columns, x + (row + 1) * columns, x + (row + 2) * columns, x + (row + 3) * columns)
    for j in 0..<columns { y[j] += (a[j] + b[j]) + (c[j] + d[j]) }
    row += 4
  }
  while row < rows {
    let a = x + row * columns
    for j in 0..<columns { y[j] += a[j] }
    row += 1
  }
}
