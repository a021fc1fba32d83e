import Kernels
import Quantities
import Testing

@Suite("Root mean square normalisation")
struct RMSNormTests {
  private static let (rows, epsilon) = (5, 1e-5)

  /// y of one row by the definition.
  private static func row(_ x: [Double], _ gain: [Double]) -> (y: [Double], rstd: Double) {
    let rstd = 1 / (x.reduce(0) { $0 + $1 * $1 } / Double(x.count) + epsilon).squareRoot()
    return (zip(x, gain).map { $0 * rstd * $1 }, rstd)
  }

  private struct Run {
    var x, gain, dy, residual: [Double]
    var y, statistics, dx, dgain: [Double]

    init(columns: Int, _ type: ScalarType, accumulate: Bool = false) throws {
      var noise = Noise(columns + 11)
      let (rows, memory) = (RMSNormTests.rows, try Memory(type))
      let count = rows * columns
      (x, gain) = (noise.values(count, within: 3), noise.values(columns))
      (dy, residual) = (noise.values(count), noise.values(count))
      let (input, scale) = (memory.region(x), memory.region(gain))
      let (output, rstd, slope) = (memory.zeros(count), memory.zeros(rows), memory.zeros(count))
      let sums = memory.region(Array(repeating: 0.5, count: columns))
      rmsNorm(
        type, x: input, gain: scale, y: output, statistics: rstd, rows: rows, columns: columns,
        epsilon: RMSNormTests.epsilon)
      rmsNormBackward(
        type, dy: memory.region(dy), residual: memory.region(residual), x: input, gain: scale, statistics: rstd,
        dx: slope, dgain: sums, rows: rows, columns: columns, accumulate: accumulate)
      (y, statistics) = (memory.values(output, count), memory.values(rstd, rows))
      (dx, dgain) = (memory.values(slope, count), memory.values(sums, columns))
    }
  }

  @Test("Values and statistics agree with the definition within 16 epsilons", arguments: oddSizes, types)
  func forwardAgrees(columns: Int, type: ScalarType) throws {
    let run = try Run(columns: columns, type)
    let rows = run.x.rows(of: columns).map { Self.row($0, run.gain) }
    let worst = worstError(run.y, rows.flatMap(\.y), type, floor: 1)
    let kept = worstError(run.statistics, rows.map(\.rstd), type, floor: 1)
    #expect(worst <= 16)
    #expect(kept <= 16)
  }

  @Test("Gradients agree with the whole Jacobian within 64 epsilons", arguments: oddSizes, types)
  func backwardAgrees(columns: Int, type: ScalarType) throws {
    let run = try Run(columns: columns, type)
    let (x, dy, residual) = (run.x.rows(of: columns), run.dy.rows(of: columns), run.residual.rows(of: columns))
    let rstd = x.map { Self.row($0, run.gain).rstd }
    let dx = x.indices.flatMap { r in
      (0..<columns).map { j in
        (0..<columns).reduce(residual[r][j]) { total, i in
          let jacobian = (i == j ? rstd[r] : 0) - x[r][i] * x[r][j] * rstd[r] * rstd[r] * rstd[r] / Double(columns)
          return total + dy[r][i] * run.gain[i] * jacobian
        }
      }
    }
    let dgain = (0..<columns).map { j in x.indices.reduce(0) { $0 + dy[$1][j] * x[$1][j] * rstd[$1] } }
    let slack = 1 + rstd.max()!
    let (slopes, sums) = (
      worstError(run.dx, dx, type, floor: slack), worstError(run.dgain, dgain, type, floor: slack)
    )
    #expect(slopes <= 64)
    #expect(sums <= 64)
  }

  @Test("Gradients agree with differences of the definition")
  func differences() throws {
    let (columns, h) = (17, 1e-5)
    let run = try Run(columns: columns, .float64)
    let loss = { (x: [Double]) -> Double in
      let y = x.rows(of: columns).flatMap { Self.row($0, run.gain).y }
      return zip(y, run.dy).reduce(0) { $0 + $1.0 * $1.1 } + zip(x, run.residual).reduce(0) { $0 + $1.0 * $1.1 }
    }
    let worst = run.x.indices.map { i in
      var (low, high) = (run.x, run.x)
      (low[i], high[i]) = (low[i] - h, high[i] + h)
      return abs((loss(high) - loss(low)) / (2 * h) - run.dx[i])
    }.max()!
    #expect(worst <= 1e-8)
  }

  @Test("Accumulating adds to the gain's gradient, and to nothing else", arguments: oddSizes, types)
  func accumulates(columns: Int, type: ScalarType) throws {
    let (once, added) = (try Run(columns: columns, type), try Run(columns: columns, type, accumulate: true))
    let worst = worstError(added.dgain, once.dgain.map { $0 + 0.5 }, type, floor: 4)
    #expect(added.dx == once.dx)
    #expect(worst <= 8)
  }
}
