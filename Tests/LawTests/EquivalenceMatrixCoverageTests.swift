import Foundation
import PipelineSchedules
import TestSupport
import Testing

@Suite("The matrix leaves out no pair of settings")
struct EquivalenceMatrixCoverageTests {
  private let pairwise = LayoutMatrix().pairwise

  @Test("At least 150 layouts, in which every pair of settings that can meet meets")
  func everyPair() {
    let rows = pairwise.rows()
    let missing = pairwise.missing(from: rows)
    let possible = missing.filter { pairwise.row(with: $0) != nil }
    #expect(rows.count >= 150)
    #expect(possible.isEmpty)
    // Without its last layout, a pair would be missing.
    #expect(pairwise.missing(from: rows.dropLast()).count > missing.count)
  }

  @Test("Only pairs that make no sense are missing")
  func impossiblePairs() {
    let missing = pairwise.missing(from: pairwise.rows())
    let unexplained = missing.filter { pair in
      let factors = pair.factors.map { LayoutMatrix.Factor(rawValue: $0)! }
      return !isSenseless(factors[0], pair.values[0], factors[1], pair.values[1])
    }
    #expect(unexplained.isEmpty)
  }

  private func isSenseless(
    _ first: LayoutMatrix.Factor, _ own: Int, _ second: LayoutMatrix.Factor, _ other: Int
  ) -> Bool {
    let matrix = LayoutMatrix()
    switch (first, second) {
    case (.cut, .sequenceParallel): return other == 1 && matrix.cuts[own].tensor == 1
    // One head of keys cannot be cut.
    case (.cut, .model): return matrix.models[other] == .llamaMultiQuery && matrix.cuts[own].tensor > 1
    case (.sequenceParallel, .model): return own == 1 && matrix.models[other] == .llamaMultiQuery
    case (.cut, .hybrid): return other == 1 && matrix.cuts[own].data == 1
    case (.cut, .microBatches): return !matrix.divides(matrix.cuts[own], matrix.microBatches[other])
    case (.microBatches, .hybrid): return matrix.microBatches[own] == 16 && other == 1
    // DualPipeV needs two micro-batches on one rank already.
    case (.schedule, .microBatches): return matrix.schedules[own] == .dualPipeV && matrix.microBatches[other] == 1
    default: return false
    }
  }

  @Test("Where all combinations can be listed, pairs occur if and only if one of them has them")
  func exhaustive() {
    let rule = Pairwise.Rule(0, 1, 2) { ($0[0] + $0[1] + $0[2]).isMultiple(of: 3) }
    let small = Pairwise([3, 2, 4, 2], rules: [rule, Pairwise.Rule(0, 3) { $0[0] != 2 || $0[1] == 1 }])
    let all = small.allRows()
    let rows = small.rows()
    #expect(all.count == 13)
    #expect(Set(small.missing(from: rows)) == Set(small.missing(from: all)))
    #expect(rows.allSatisfy { all.contains($0) })
    #expect(rows == small.rows())
  }
}

@Suite("All layouts, not only enough of them")
struct FullMatrixTests {
  @Test(
    "fp64, 50 steps, every combination of axes, ZeRO stage, schedule, sequence parallelism and recomputation",
    .enabled(if: ProcessInfo.processInfo.environment["ORRERY_FULL_MATRIX"] != nil, "takes hours"))
  func everything() throws {
    var matrix = LayoutMatrix()
    (matrix.models, matrix.trainings) = ([.gpt2, .llama], [.adamw])
    matrix.microBatches = [2, 4, 8, 16]
    (matrix.hybrid, matrix.offload, matrix.uneven, matrix.orders) = ([false], [false], [false], [matrix.orders[0]])
    for row in matrix.pairwise.allRows() {
      let cell = matrix.cell(row)
      let violation = try EquivalenceMatrix.violation(cell, within: .double)
      #expect(violation == nil, "\(cell)")
    }
  }
}
