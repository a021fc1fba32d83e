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
    for cell in Self.cells {
      let plan = cell.run.plan(cell.layout)
      for rank in 0..<cell.layout.mesh.count {
        let short = RankProgram(plan, mesh: cell.layout.mesh, rank: rank)
        let whole = RankProgram(plan, mesh: cell.layout.mesh, rank: rank, isWhole: true)
        let report = try cell.run.pretend(rank: rank, cell.layout)
        #expect(whole.trace.unfolded == report.trace, "\(cell), rank \(rank)")
        #expect(whole.ledger == report.ledger, "\(cell), rank \(rank)")
        #expect(short.trace == whole.trace, "\(cell), rank \(rank)")
        #expect(short.trace.unfolded == whole.trace.unfolded, "\(cell), rank \(rank)")
        #expect(short.ledger == whole.ledger, "\(cell), rank \(rank)")
        #expect(short.peakItem == whole.peakItem, "\(cell), rank \(rank)")
        if short.isRehearsed { rehearsed += 1 }
      }
    }
    #expect(rehearsed > 300, "\(rehearsed) ranks of \(Self.cells.count) layouts")
  }
}
