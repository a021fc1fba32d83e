package import Quantities

/// y = x·rstd·gain on every row; statistics[rows] are the reciprocal root mean squares.
package func rmsNorm(
  _ type: ScalarType, x: Region, gain: Region, y: Region, statistics: Region, rows: Int, columns: Int, epsilon: Double
) {
  type.isDouble
    ? forward(Double.self, x, gain, y, statistics, rows, columns, epsilon)
    : forward(Float.self, x, gain, y, statistics, rows, columns, epsilon)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ x: Region, _ gain: Region, _ y: Region, _ statistics: Region, _ rows: Int, _ columns: Int,
  _ epsilon: Double
) {
  let (x, y) = (x.values(T.self, rows * columns), y.values(T.self, rows * columns))
  let (gain, statistics) = (gain.values(T.self, columns), statistics.values(T.self, rows))
  for row in 0..<rows {
    let (input, output) = (x + row * columns, y + row * columns)
    let square: T = laneDot(input, input, columns) / T(columns)
    let rstd = 1 / (square + T(epsilon)).squareRoot()
    statistics[row] = rstd
    for j in 0..<columns { output[j] = input[j] * rstd * gain[j] }
  }
}

/// dx = residual + rstd·(dy·gain − x̂·mean(dy·gain·x̂)) with x̂ = x·rstd; dgain (+)= Σ dy·x̂, rows in order.
package func rmsNormBackward(
  _ type: ScalarType, dy: Region, residual: Region, x: Region, gain: Region, statistics: Region, dx: Region,
  dgain: Region, rows: Int, columns: Int, accumulate: Bool
) {
  if !accumulate { fill(type, dgain, count: columns, value: 0) }
  type.isDouble
    ? backward(Double.self, dy, residual, x, gain, statistics, dx, dgain, rows, columns)
    : backward(Float.self, dy, residual, x, gain, statistics, dx, dgain, rows, columns)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ residual: Region, _ x: Region, _ gain: Region, _ statistics: Region, _ dx: Region,
  _ dgain: Region, _ rows: Int, _ columns: Int
) {
  let count = rows * columns
  let (dy, residual) = (dy.values(T.self, count), residual.values(T.self, count))
  let (x, dx) = (x.values(T.self, count), dx.values(T.self, count))
  let (gain, dgain) = (gain.values(T.self, columns), dgain.values(T.self, columns))
  let statistics = statistics.values(T.self, rows)
  for row in 0..<rows {
    let base = row * columns
    let (upstream, input, output, skip) = (dy + base, x + base, dx + base, residual + base)
    let rstd = statistics[row]
    let mean: T = laneDot(upstream, gain, input, shift: 0, scale: rstd, columns) / T(columns)
    // A loop for each target: with two, the overlap checks are too many for the loop to be vectorised.
    for j in 0..<columns { dgain[j] += upstream[j] * (input[j] * rstd) }
    for j in 0..<columns { output[j] = skip[j] + rstd * (upstream[j] * gain[j] - input[j] * rstd * mean) }
  }
}
