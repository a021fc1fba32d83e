import Foundation
import Kernels
import Quantities
import Testing

@Suite("Cross-entropy over parts of the vocabulary")
struct VocabularyCrossEntropyTests {
  private static let targets = [0, 20, -1, 7, 6, 13]

  private struct Result {
    var loss, logSumExp: [Double]
    var gradient: [[Double]]
  }

  private struct Given {
    let vocabulary: Int
    var logits: [[Double]]

    init(vocabulary: Int) {
      var noise = Noise(vocabulary)
      self.vocabulary = vocabulary
      logits = noise.values(VocabularyCrossEntropyTests.targets.count * vocabulary, within: 9).rows(of: vocabulary)
    }

    /// Row-major columns of a part.
    func part(_ columns: Range<Int>) -> [Double] { logits.flatMap { $0[columns] } }
  }

  private func whole(_ given: Given, _ type: ScalarType) throws -> Result {
    let (memory, rows) = (try Memory(type), Self.targets.count)
    let (logits, targets) = (memory.region(given.part(0..<given.vocabulary)), memory.ints(Self.targets))
    let (loss, logSumExp) = (memory.zeros(rows), memory.zeros(rows))
    crossEntropy(
      type, logits: logits, targets: targets, loss: loss, logSumExp: logSumExp, rows: rows,
      vocabulary: given.vocabulary)
    crossEntropyBackward(
      type, logits: logits, targets: targets, logSumExp: logSumExp, scale: memory.region([0.25]), rows: rows,
      vocabulary: given.vocabulary, first: 0)
    return Result(
      loss: memory.values(loss, rows), logSumExp: memory.values(logSumExp, rows),
      gradient: memory.values(logits, rows * given.vocabulary).rows(of: given.vocabulary))
  }

  /// What ranks do that hold parts between these cuts, with reductions made here.
  private func parts(_ given: Given, _ cuts: [Int], _ type: ScalarType, shift: Int = 0) throws -> Result {
    let (memory, rows) = (try Memory(type), Self.targets.count)
    let (parts, targets) = (zip(cuts, cuts.dropFirst()).map { $0..<$1 }, memory.ints(Self.targets))
    let logits = parts.map { memory.region(given.part($0)) }
    let maxima = memory.region(
      largest(
        zip(logits, parts).map { logits, part in
          let own = memory.zeros(rows)
          vocabularyMaximum(type, logits: logits, maxima: own, rows: rows, vocabulary: part.count)
          return memory.values(own, rows)
        }))
    let sums = zip(logits, parts).map { logits, part in
      let own = memory.region(Array(repeating: .nan, count: 2 * rows))
      vocabularySums(
        type, logits: logits, maxima: maxima, targets: targets, sums: own, rows: rows, vocabulary: part.count,
        first: part.lowerBound + shift)
      return memory.values(own, 2 * rows)
    }
    let total = memory.region((0..<2 * rows).map { i in sums.reduce(0) { $0 + $1[i] } })
    let (loss, logSumExp) = (memory.zeros(rows), memory.zeros(rows))
    vocabularyLoss(
      type, maxima: maxima, sums: total, targets: targets, loss: loss, logSumExp: logSumExp, rows: rows)
    for (logits, part) in zip(logits, parts) {
      crossEntropyBackward(
        type, logits: logits, targets: targets, logSumExp: logSumExp, scale: memory.region([0.25]), rows: rows,
        vocabulary: part.count, first: part.lowerBound + shift)
    }
    let slopes = zip(logits, parts).map { memory.values($0, rows * $1.count).rows(of: $1.count) }
    return Result(
      loss: memory.values(loss, rows), logSumExp: memory.values(logSumExp, rows),
      gradient: (0..<rows).map { row in slopes.flatMap { $0[row] } })
  }

  private func largest(_ values: [[Double]]) -> [Double] {
    values[0].indices.map { i in values.map { $0[i] }.max()! }
  }

  private static let cuts = [[0, 21], [0, 7, 21], [0, 1, 20, 21], [0, 300], [0, 129, 300], [0, 7, 277, 300]]

  @Test("Losses and gradients are those of the whole vocabulary", arguments: cuts, types)
  func agrees(cuts: [Int], type: ScalarType) throws {
    let given = Given(vocabulary: cuts.last!)
    let (whole, parts) = (try whole(given, type), try parts(given, cuts, type))
    let slack = type == .float64 ? 1e-12 : 2e-5
    let losses = zip(parts.loss + parts.logSumExp, whole.loss + whole.logSumExp).map { abs($0 - $1) }.max()!
    let slopes = zip(parts.gradient.joined(), whole.gradient.joined()).map { abs($0 - $1) }.max()!
    #expect(losses <= slack)
    #expect(slopes <= slack)
    #expect(parts.loss[2] == 0)
    #expect(parts.gradient[2].allSatisfy { $0 == 0 })
  }

  @Test("A part that takes itself for another has other losses and gradients")
  func wrongOffset() throws {
    let given = Given(vocabulary: 21)
    let (right, wrong) = (
      try parts(given, [0, 7, 21], .float64), try parts(given, [0, 7, 21], .float64, shift: 1)
    )
    #expect(right.logSumExp == wrong.logSumExp)
    #expect(right.loss != wrong.loss)
    #expect(right.gradient != wrong.gradient)
  }

  @Test("Gradients agree with differences of the loss")
  func differences() throws {
    let (given, cuts, h) = (Given(vocabulary: 21), [0, 7, 21], 1e-5)
    let gradient = try parts(given, cuts, .float64).gradient
    for (row, column) in [(0, 0), (0, 20), (1, 20), (2, 3), (3, 6), (3, 7), (4, 6), (5, 13)] {
      var (low, high) = (given, given)
      low.logits[row][column] -= h
      high.logits[row][column] += h
      let (below, above) = (try parts(low, cuts, .float64), try parts(high, cuts, .float64))
      let slope = 0.25 * (above.loss[row] - below.loss[row]) / (2 * h)
      #expect(abs(slope - gradient[row][column]) <= 1e-9)
    }
  }

  @Test("Huge logits in one part neither overflow nor vanish", arguments: types)
  func hugeLogits(type: ScalarType) throws {
    var given = Given(vocabulary: 21)
    for row in given.logits.indices { given.logits[row] = Array(repeating: -1e4, count: 20) + [1e4] }
    let result = try parts(given, [0, 7, 21], type)
    #expect(result.loss == [2e4, 0, 0, 2e4, 2e4, 2e4])
  }

  @Test("A logit that is no number makes a loss that is none", arguments: [0, 6, 7, 20], types)
  func notANumber(place: Int, type: ScalarType) throws {
    var given = Given(vocabulary: 21)
    given.logits[0][place] = .nan
    let loss = try parts(given, [0, 7, 21], type).loss
    #expect(loss[0].isNaN)
    #expect(loss.dropFirst().allSatisfy { $0.isFinite })
  }

  @Test("A part without tokens ends the process")
  func empty() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      vocabularyMaximum(.float32, logits: memory.zeros(1), maxima: memory.zeros(1), rows: 1, vocabulary: 0)
    }
  }
}
