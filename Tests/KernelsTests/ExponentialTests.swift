import Foundation
import Kernels
import Quantities
import Testing

@Suite("The kernels' own exponential")
struct ExponentialTests {
  /// With a log-sum-exp of 0 and a scale of 1 the loss's gradient is the exponential itself, but for the target's column.
  private func exponentials(_ x: [Double], _ type: ScalarType) throws -> [Double] {
    let memory = try Memory(type)
    let logits = memory.region([0] + x)
    crossEntropyBackward(
      type, logits: logits, targets: memory.ints([0]), logSumExp: memory.zeros(1), scale: memory.region([1]), rows: 1,
      vocabulary: x.count + 1, first: 0)
    return Array(memory.values(logits, x.count + 1).dropFirst())
  }

  @Test("fp32 is within two units in the last place wherever the result is a normal number")
  func singlePrecision() throws {
    let x = (0..<200_000).map { Double(Float(-87.3 + Double($0) * 175.3 / 200_000)) }
    let errors = zip(try exponentials(x, .float32), x).map { abs($0 - exp($1)) / Double(Float(exp($1)).ulp) }
    let worst = errors.max()!
    #expect(worst <= 2)
  }

  @Test("fp64 is within two units in the last place, the reference's own half unit aside")
  func doublePrecision() throws {
    let x = (0..<200_000).map { -708 + Double($0) * 1417 / 200_000 }
    let errors = zip(try exponentials(x, .float64), x).map { abs($0 - exp($1)) / exp($1).ulp }
    let worst = errors.max()!
    #expect(worst <= 2.5)
  }

  @Test("Far arguments give almost nothing or something huge and finite; what is no number stays so", arguments: types)
  func extremes(type: ScalarType) throws {
    let limit = type == .float64 ? 1e-300 : 1e-37
    let results = try exponentials([-1e4, -.infinity, 1e4, .infinity, .nan], type)
    #expect(results[0] >= 0 && results[0] < limit && results[1] >= 0 && results[1] < limit)
    #expect(results[2].isFinite && results[2] > 1 / limit * 0.1)
    #expect(results[3] > 1 / limit * 0.1)
    #expect(results[4].isNaN)
  }
}
