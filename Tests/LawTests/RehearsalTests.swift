import Execution
import Mesh
import PipelineSchedules
import Program
import TestSupport
import Testing
import Training

@Suite("A rehearsal of three micro-batches tells the whole step")
struct RehearsalTests {
  static let cells: [MatrixCell] = {
    var matrix = LayoutMatrix()
    matrix.microBatches = [4, 6, 8, 16]
    matrix.steps = 1
    return matrix.cells
  }()

  @Test("Trace, ledger and peak are those of all micro-batches, in every layout of the matrix")
  func rehearsedEqualsWhole() throws {
    var rehearsed = 0
    for (number, cell) in Self.cells.enumerated() {
      let plan = cell.run.plan(cell.layout)
      // One rank in two: another half in every layout.
      for rank in 0..<cell.layout.mesh.count where (rank + number).isMultiple(of: 2) {
        let short = RankProgram(plan, mesh: cell.layout.mesh, rank: rank)
        let whole = RankProgram(plan, mesh: cell.layout.mesh, rank: rank, isWhole: true)
        let report = try cell.run.pretend(rank: rank, cell.layout)
        let trace = whole.trace.unfolded
        // Compared before it is expected: a trace in a failure's message is a book.
        let (isTrace, isShort) = (trace == report.trace, short.trace.unfolded == trace)
        #expect(isTrace, "\(cell), rank \(rank)")
        #expect(isShort, "\(cell), rank \(rank)")
        #expect(whole.ledger == report.ledger, "\(cell), rank \(rank)")
        #expect(short.ledger == whole.ledger, "\(cell), rank \(rank)")
        #expect(peak(short) == peak(whole), "\(cell), rank \(rank)")
        if short.isRehearsed { rehearsed += 1 }
      }
    }
    #expect(rehearsed > 150, "\(rehearsed) ranks of \(Self.cells.count) layouts")
  }

  /// The passage in which the rank holds the most; traces may be cut elsewhere.
  private func peak(_ program: RankProgram) -> Passage? {
    var passage: Passage?
    guard let item = program.peakItem else { return nil }
    for case .passage(let next) in program.trace.items[...item] { passage = next }
    return passage
  }
}
