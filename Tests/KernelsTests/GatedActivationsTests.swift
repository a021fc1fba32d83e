import Foundation
import Kernels
import Quantities
import Testing

@Suite("Gated activations")
struct GatedActivationsTests {
  private static let all: [ActivationLoop] = [.relu, .gelu, .geluTanh, .silu, .quickGELU]
  private static let rows = 3

  private struct Run {
    var packed, dy, y, dpacked: [Double]

    init(_ f: ActivationLoop, columns: Int, _ type: ScalarType) throws {
      var noise = Noise(columns + 5)
      let (memory, rows) = (try Memory(type), GatedActivationsTests.rows)
      (packed, dy) = (noise.values(2 * rows * columns, within: 4), noise.values(rows * columns, within: 2))
      let (input, output) = (memory.region(packed), memory.zeros(dy.count))
      let slopes = memory.region(Array(repeating: .nan, count: packed.count))
      gatedActivation(f, type, packed: input, y: output, rows: rows, columns: columns)
      gatedActivationBackward(
        f, type, dy: memory.region(dy), packed: input, dpacked: slopes, rows: rows, columns: columns)
      (y, dpacked) = (memory.values(output, dy.count), memory.values(slopes, packed.count))
    }
  }

  @Test("Values are the gate's function times the other half, within 16 epsilons", arguments: all, types)
  func forwardAgrees(f: ActivationLoop, type: ScalarType) throws {
    for columns in oddSizes {
      let run = try Run(f, columns: columns, type)
      let expected = run.packed.rows(of: 2 * columns).flatMap { row in
        (0..<columns).map { ActivationsTests.reference(f, row[$0]) * row[columns + $0] }
      }
      let worst = worstError(run.y, expected, type, floor: 4)
      #expect(worst <= 16, "\(columns) columns")
    }
  }

  @Test("Slopes of both halves agree with differences of the definition", arguments: all, types)
  func backwardAgrees(f: ActivationLoop, type: ScalarType) throws {
    for columns in oddSizes {
      let run = try Run(f, columns: columns, type)
      var expected: [Double] = []
      for (dy, row) in zip(run.dy.rows(of: columns), run.packed.rows(of: 2 * columns)) {
        let (gate, up) = (row.prefix(columns), row.suffix(columns))
        expected += zip(zip(dy, up), gate).map { $0.0 * $0.1 * ActivationsTests.slope(f, $1) }
        expected += zip(dy, gate).map { $0 * ActivationsTests.reference(f, $1) }
      }
      let worst = zip(run.dpacked, expected).map { abs($0 - $1) }.max()!
      #expect(worst <= (type == .float64 ? 1e-8 : 2e-5), "\(columns) columns")
    }
  }
}
