import NetworkModel
import TestSupport
import Testing
import Timing

@Suite("Timelines of real programs keep every law") struct TimelineCausalityTests {
  @Test("No span starts before what it waits for, and all accounts add up, in every third layout of the matrix")
  func causality() throws {
    for (number, cell) in TimelineBench.cells.enumerated() where number.isMultiple(of: 3) {
      let tracks = cell.tracks(of: Array(0..<cell.layout.ranks))
      let pricing = try TimelineBench.pricing(
        TimelineBench.cluster(cell.layout.ranks), cell.layout.mesh, choice: .tuner)
      let faults = try TimelineLaws.faults(tracks, pricing)
      #expect(faults.isEmpty, "\(cell): \(faults.prefix(3))")
    }
  }
}
