package import Quantities

/// y = (x − mean)·rstd·gain + bias on every row; statistics[0..<rows] are the means, the rest the reciprocal deviations.
/// The variance is that of all columns (not columns − 1).
package func layerNorm(
  _ type: ScalarType, x: Region, gain: Region, bias: Region?, y: Region, statistics: Region, rows: Int, columns: Int,
  epsilon: Double
) {
  type.isDouble
    ? forward(Double.self, x, gain, bias, y, statistics, rows, columns, epsilon)
    : forward(Float.self, x, gain, bias, y, statistics, rows, columns, epsilon)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ x: Region, _ gain: Region, _ bias: Region?, _ y: Region, _ statistics: Region, _ rows: Int,
  _ columns: Int, _ epsilon: Double
) {
  let (x, y) = (x.values(T.self, rows * columns), y.values(T.self, rows * columns))
  let (gain, bias) = (gain.values(T.self, columns), bias?.values(T.self, columns))
  let statistics = statistics.values(T.self, 2 * rows)
  for row in 0..<rows {
    let (input, output) = (x + row * columns, y + row * columns)
    let mean = laneSum(input, columns) / T(columns)
    let rstd = 1 / (laneSquares(input, shift: mean, columns) / T(columns) + T(epsilon)).squareRoot()
    (statistics[row], statistics[rows + row]) = (mean, rstd)
    if let bias {
      for j in 0..<columns { output[j] = (input[j] - mean) * rstd * gain[j] + bias[j] }
    } else {
      for j in 0..<columns { output[j] = (input[j] - mean) * rstd * gain[j] }
    }
  }
}

/// dx = residual + rstd·(dy·gain − mean(dy·gain) − x̂·mean(dy·gain·x̂)); dgain (+)= Σ dy·x̂; dbias (+)= Σ dy, rows in order.
package func layerNormBackward(
  _ type: ScalarType, dy: Region, residual: Region, x: Region, gain: Region, statistics: Region, dx: Region,
  dgain: Region, dbias: Region?, rows: Int, columns: Int, accumulate: Bool
) {
  if !accumulate {
    fill(type, dgain, count: columns, value: 0)
    if let dbias { fill(type, dbias, count: columns, value: 0) }
  }
  type.isDouble
    ? backward(Double.self, dy, residual, x, gain, statistics, dx, dgain, dbias, rows, columns)
    : backward(Float.self, dy, residual, x, gain, statistics, dx, dgain, dbias, rows, columns)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ residual: Region, _ x: Region, _ gain: Region, _ statistics: Region, _ dx: Region,
  _ dgain: Region, _ dbias: Region?, _ rows: Int, _ columns: Int
) {
  let count = rows * columns
  let (dy, residual, x, dx) = (
    dy.values(T.self, count), residual.values(T.self, count), x.values(T.self, count), dx.values(T.self, count)
  )
  let (gain, dgain, dbias) = (
    gain.values(T.self, columns), dgain.values(T.self, columns), dbias?.values(T.self, columns)
  )
  let statistics = statistics.values(T.self, 2 * rows)
  for row in 0..<rows {
    let base = row * columns
    let (upstream, input) = (dy + base, x + base)
    let (mean, rstd) = (statistics[row], statistics[rows + row])
    let first: T = laneDot(upstream, gain, columns) / T(columns)
    let second: T = laneDot(upstream, gain, input, shift: mean, scale: rstd, columns) / T(columns)
    let (output, skip) = (dx + base, residual + base)
    // A loop for each target: with two, the overlap checks are too many for the loop to be vectorised.
    for j in 0..<columns { dgain[j] += upstream[j] * ((input[j] - mean) * rstd) }
    if let dbias { for j in 0..<columns { dbias[j] += upstream[j] } }
    for j in 0..<columns {
      output[j] = skip[j] + rstd * (upstream[j] * gain[j] - first - (input[j] - mean) * rstd * second)
    }
  }
}
