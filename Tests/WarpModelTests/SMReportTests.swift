import Cluster
import Testing
import WarpModel

@Suite struct SMReportTests {
  @Test("the report shows issue slots, stall reasons, pipes and a timeline")
  func text() throws {
    let machine = try machine("A100 SXM4 80GB")
    let block = WarpKernels.tiledMatmul(k: 256, tile: 16)
    let run = SMSimulator(machine).run(block, resident: 2)
    let text = SMReport.text(of: run, equation: SteadyState(block, on: machine, resident: 2))
    for part in [
      "greedy-then-longest-waiting", "issued", "short scoreboard", "load/store", "closed form", "scheduler 3",
    ] {
      #expect(text.contains(part), "\(part)")
    }
    #expect(!text.contains("tensor core"))
    #expect(text == SMReport.text(of: run, equation: SteadyState(block, on: machine, resident: 2)))
  }
}
