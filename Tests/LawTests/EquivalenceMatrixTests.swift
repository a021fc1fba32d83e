import Foundation
import Model
import Program
import TestSupport
import Testing
import Training

@Suite("Every layout computes what one process computes")
struct EquivalenceMatrixTests {
  @Test("fp64, 50 steps, books included", arguments: EquivalenceMatrix.double)
  func double(cell: MatrixCell) throws {
    let violation = try EquivalenceMatrix.violation(cell, within: .double)
    #expect(violation == nil)
  }

  @Test("Every schedule with sharded gradients, fp64, 50 steps", arguments: EquivalenceMatrix.accumulating)
  func accumulating(cell: MatrixCell) throws {
    let violation = try EquivalenceMatrix.violation(cell, within: .double)
    #expect(violation == nil)
  }
}

/// The layouts that are judged, and how one is judged.
enum EquivalenceMatrix {
  static let double = LayoutMatrix().cells

  /// Where three settings meet: every schedule adds up micro-batches of shards, whose backward passes it may split.
  static let accumulating: [MatrixCell] = {
    var matrix = LayoutMatrix()
    (matrix.cuts, matrix.microBatches) = ([LayoutMatrix.Cut(2, 1, 2)], [4])
    (matrix.zeros, matrix.models) = ([ZeROPlan(stage: 2), ZeROPlan(stage: 3)], [.gpt2, .llamaTied])
    (matrix.trainings, matrix.recomputations) = ([.momentum], [.none])
    (matrix.sequenceParallel, matrix.hybrid, matrix.uneven) = ([false], [false], [false])
    (matrix.offload, matrix.orders) = ([false], [matrix.orders[0]])
    return matrix.pairwise.allRows().map(matrix.cell)
  }()

  /// Trains in the layout and as one process, and pretends on shapes: what disagrees, or nil.
  static func violation(_ cell: MatrixCell, within tolerance: Tolerance) throws -> String? {
    let reference = try ReferenceRuns.of(cell.run)
    let start = Date()
    let reports = try cell.run.train(cell.layout)
    let exempt = cell.run.driftingValues
    let distance = Distance(reports, from: reference, exempt: exempt)
    let books = try books(cell, reports)
    MatrixFigures.note(cell, distance, seconds: Date().timeIntervalSince(start))
    return Laws.equivalent(reports, to: reference, within: tolerance, exempt: exempt) ?? Laws.ranksAgree(reports)
      ?? Laws.learns(reference) ?? books
  }

  /// A ledger and a trace are those of one step, so one step on shapes is enough.
  private static func books(_ cell: MatrixCell, _ reports: [RankReport]) throws -> String? {
    var step = cell.run
    step.steps = 1
    for (rank, report) in reports.enumerated() {
      let shapes = try step.pretend(rank: rank, cell.layout)
      if let violation = Laws.booksAgree(report, shapes: shapes) { return "rank \(rank): \(violation)" }
    }
    return nil
  }
}
