import Foundation
import Kernels
import Quantities
import Testing

@Suite("Cross-entropy")
struct CrossEntropyTests {
  private static let rows = 4

  private struct Result {
    var loss, logSumExp, gradient: [Double]
  }

  private func run(_ logits: [Double], _ targets: [Int], _ type: ScalarType, scale: Double) throws -> Result {
    let (memory, rows) = (try Memory(type), targets.count)
    let region = memory.region(logits)
    let (loss, logSumExp) = (memory.zeros(rows), memory.zeros(rows))
    let vocabulary = logits.count / rows
    crossEntropy(
      type, logits: region, targets: memory.ints(targets), loss: loss, logSumExp: logSumExp, rows: rows,
      vocabulary: vocabulary)
    crossEntropyBackward(
      type, logits: region, targets: memory.ints(targets), logSumExp: logSumExp, scale: memory.region([scale]),
      rows: rows, vocabulary: vocabulary, first: 0)
    return Result(
      loss: memory.values(loss, rows), logSumExp: memory.values(logSumExp, rows),
      gradient: memory.values(region, logits.count))
  }

  @Test("Losses and gradients agree with the definition within 32 epsilons", arguments: oddSizes + [257, 600], types)
  func agrees(vocabulary: Int, type: ScalarType) throws {
    var noise = Noise(vocabulary)
    let logits = noise.values(Self.rows * vocabulary, within: 8)
    let targets = (0..<Self.rows).map { _ in noise.index(below: vocabulary) }
    let result = try run(logits, targets, type, scale: 0.25)
    let rows = logits.rows(of: vocabulary)
    let sums = rows.map { row in log(row.reduce(0) { $0 + exp($1) }) }
    let losses = targets.indices.map { sums[$0] - rows[$0][targets[$0]] }
    let gradient = targets.indices.flatMap { r in
      (0..<vocabulary).map { 0.25 * (exp(rows[r][$0] - sums[r]) - ($0 == targets[r] ? 1 : 0)) }
    }
    let worst = worstError(result.loss + result.logSumExp, losses + sums, type, floor: 8)
    let slope = worstError(result.gradient, gradient, type, floor: 1)
    #expect(worst <= 32)
    #expect(slope <= 32)
  }

  @Test("Huge logits neither overflow nor vanish", arguments: [1e4, -1e4], types)
  func hugeLogits(shift: Double, type: ScalarType) throws {
    let result = try run([shift, shift, shift, 0], [0, 1], type, scale: 1)
    #expect(abs(result.loss[0] - log(2)) <= 1e4 * 4 * type.epsilon)
    // The second row: either the target is hopeless, or it is certain.
    #expect(abs(result.loss[1] - max(shift, 0)) <= 1e4 * 4 * type.epsilon)
    let certain = shift > 0 ? [1.0, -1.0] : [0.0, 0.0]
    let slope = zip(result.gradient, [-0.5, 0.5] + certain).map { abs($0 - $1) }.max()!
    #expect(slope <= 1e4 * 4 * type.epsilon)
  }

  @Test("A row's gradient sums to zero: softmax and one-hot are both distributions", arguments: oddSizes, types)
  func gradientSumsToZero(vocabulary: Int, type: ScalarType) throws {
    var noise = Noise(vocabulary + 9)
    let result = try run(noise.values(vocabulary, within: 20), [vocabulary / 2], type, scale: 1)
    let total = result.gradient.reduce(0, +)
    #expect(abs(total) <= 64 * type.epsilon)
  }

  @Test("A logit that is no number makes a loss that is none", arguments: [0, 5, 20], types)
  func notANumber(place: Int, type: ScalarType) throws {
    var logits = Array(repeating: 0.0, count: 21)
    logits[place] = .nan
    let result = try run(logits, [1], type, scale: 1)
    #expect(result.loss[0].isNaN)
  }

  @Test("A row without a target has a log-sum-exp, no loss and no gradient", arguments: oddSizes, types)
  func noTarget(vocabulary: Int, type: ScalarType) throws {
    var noise = Noise(vocabulary + 2)
    let logits = noise.values(3 * vocabulary, within: 8)
    let (with, without) = (try run(logits, [0, 0, 0], type, scale: 1), try run(logits, [0, -100, 0], type, scale: 1))
    let middle = without.gradient[vocabulary..<2 * vocabulary]
    #expect(without.logSumExp == with.logSumExp)
    #expect(without.loss == [with.loss[0], 0, with.loss[2]])
    #expect(middle.allSatisfy { $0 == 0 })
    #expect(without.gradient.prefix(vocabulary) == with.gradient.prefix(vocabulary))
    #expect(without.gradient.suffix(vocabulary) == with.gradient.suffix(vocabulary))
  }

  @Test("A target outside the vocabulary ends the process")
  func foreignTarget() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      crossEntropy(
        .float32, logits: memory.zeros(3), targets: memory.ints([3]), loss: memory.zeros(1), logSumExp: memory.zeros(1),
        rows: 1, vocabulary: 3)
    }
  }
}
