import Testing
import TestSupport

@Suite("Every layout computes what one process computes")
struct LayoutEquivalenceTests {
  @Test("fp64: ranks × accumulation give one process's loss at every one of 50 steps, within 1e-10")
  func lossesAgree() throws {
    var run = TinyRun()
    (run.globalBatch, run.steps) = (16, 50)
    let single = try run.train()[0]
    #expect(single.losses.last! < single.losses[0] * 0.8)
    for dataParallel in [1, 2, 4] {
      for accumulation in [1, 2, 4] {
        for report in try run.train(dataParallel: dataParallel, accumulation: accumulation) {
          let worst = report.lossDifference(from: single)
          #expect(worst <= 1e-10, "dp \(dataParallel), accumulation \(accumulation): \(worst)")
        }
      }
    }
  }
}
