import Kernels
import Quantities
import Testing

@Suite("Layer normalisation")
struct LayerNormTests {
  /// One row by the definition.
  private struct Row {
    var mean, rstd: Double
    var normal: [Double]

    init(_ x: [Double], epsilon: Double) {
      let mean = x.reduce(0, +) / Double(x.count)
      let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
      let rstd = 1 / (variance + epsilon).squareRoot()
      (self.mean, self.rstd, normal) = (mean, rstd, x.map { ($0 - mean) * rstd })
    }

    /// Σ over outputs of dy·gain times the whole Jacobian: slower and plainer than the kernel's two means.
    func backward(_ upstream: [Double]) -> [Double] {
      let n = Double(normal.count)
      return normal.indices.map { j in
        normal.indices.reduce(0) { total, i in
          let jacobian = (i == j ? 1 : 0) - 1 / n - normal[i] * normal[j] / n
          return total + upstream[i] * rstd * jacobian
        }
      }
    }
  }

  private static let rows = 5

  @Test("Values and statistics agree with the definition within 64 epsilons", arguments: oddSizes, types)
  func forwardAgrees(columns: Int, type: ScalarType) throws {
    var noise = Noise(columns)
    let memory = try Memory(type)
    let (x, gain, bias) = (noise.values(Self.rows * columns, within: 3), noise.values(columns), noise.values(columns))
    let (y, statistics) = (memory.zeros(x.count), memory.zeros(2 * Self.rows))
    for withBias in [true, false] {
      layerNorm(
        type, x: memory.region(x), gain: memory.region(gain), bias: withBias ? memory.region(bias) : nil, y: y,
        statistics: statistics, rows: Self.rows, columns: columns, epsilon: 1e-5)
      let rows = x.rows(of: columns).map { Row($0, epsilon: 1e-5) }
      let expected = rows.flatMap { row in
        row.normal.indices.map { row.normal[$0] * gain[$0] + (withBias ? bias[$0] : 0) }
      }
      // A nearly constant row divides the rounding of its mean by a small deviation.
      let slack = 1 + rows.map(\.rstd).max()!
      let worst = worstError(memory.values(y, x.count), expected, type, floor: slack)
      #expect(worst <= 64)
      let kept = memory.values(statistics, 2 * Self.rows)
      let error = worstError(kept, rows.map(\.mean) + rows.map(\.rstd), type, floor: 1)
      #expect(error <= 64 * slack)
    }
  }

  @Test("Gradients agree with the whole Jacobian within 256 epsilons", arguments: oddSizes, types)
  func backwardAgrees(columns: Int, type: ScalarType) throws {
    let noise = Backward(columns: columns)
    let memory = try Memory(type)
    let results = noise.run(memory, accumulate: false)
    let rows = noise.x.rows(of: columns).map { Row($0, epsilon: 1e-5) }
    let slack = 1 + rows.map(\.rstd).max()!
    let upstream = noise.dy.rows(of: columns)
    let skip = noise.residual.rows(of: columns)
    let dx = rows.indices.flatMap { r in
      zip(skip[r], rows[r].backward(zip(upstream[r], noise.gain).map { $0 * $1 })).map { $0 + $1 }
    }
    let dgain = (0..<columns).map { j in rows.indices.reduce(0) { $0 + upstream[$1][j] * rows[$1].normal[j] } }
    let dbias = (0..<columns).map { j in rows.indices.reduce(0) { $0 + upstream[$1][j] } }
    for (actual, expected) in zip(results, [dx, dgain, dbias]) {
      let worst = worstError(actual, expected, type, floor: slack)
      #expect(worst <= 256)
    }
  }

  @Test("Accumulating adds to the gain's and the bias's gradient, and to nothing else", arguments: oddSizes, types)
  func accumulates(columns: Int, type: ScalarType) throws {
    let memory = try Memory(type)
    let once = Backward(columns: columns).run(memory, accumulate: false)
    let added = Backward(columns: columns).run(memory, accumulate: true, before: 0.5)
    #expect(added[0] == once[0])
    for index in 1...2 {
      let worst = worstError(added[index], once[index].map { $0 + 0.5 }, type, floor: 4)
      #expect(worst <= 8)
    }
  }

  /// One backward call on fixed noise.
  private struct Backward {
    let columns: Int
    var dy, residual, x, gain: [Double]

    init(columns: Int) {
      var noise = Noise(columns + 50)
      let count = LayerNormTests.rows * columns
      (self.columns, dy, residual) = (columns, noise.values(count), noise.values(count))
      (x, gain) = (noise.values(count, within: 3), noise.values(columns))
    }

    /// dx, dgain, dbias; with `before` in both sums beforehand.
    func run(_ memory: Memory, accumulate: Bool, before: Double = 0) -> [[Double]] {
      let rows = LayerNormTests.rows
      let (y, statistics, dx) = (memory.zeros(x.count), memory.zeros(2 * rows), memory.zeros(x.count))
      let sums = (0..<2).map { _ in memory.region(Array(repeating: before, count: columns)) }
      let (input, scale) = (memory.region(x), memory.region(gain))
      layerNorm(
        memory.type, x: input, gain: scale, bias: nil, y: y, statistics: statistics, rows: rows, columns: columns,
        epsilon: 1e-5)
      layerNormBackward(
        memory.type, dy: memory.region(dy), residual: memory.region(residual), x: input, gain: scale,
        statistics: statistics, dx: dx, dgain: sums[0], dbias: sums[1], rows: rows, columns: columns,
        accumulate: accumulate)
      return [memory.values(dx, x.count), memory.values(sums[0], columns), memory.values(sums[1], columns)]
    }
  }
}

extension [Double] {
  /// The rows of a row-major matrix.
  func rows(of columns: Int) -> [[Double]] {
    stride(from: 0, to: count, by: columns).map { Array(self[$0..<$0 + columns]) }
  }
}
