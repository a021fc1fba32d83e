import Foundation
import Quantities
import Testing
import Training

struct StepLinesTests {
  @Test func `a step's line has its loss, norm and rate, and the means of the steps since the line before`() {
    let steps = (1...4).map { RunEvent.step(sampleStep($0, seconds: $0 == 1 ? 0.05 : 0.1)) }
    #expect(
      lines([.began(sampleSummary())] + steps, logEvery: 4).suffix(2) == [
        "step   1/200 | loss  4.1900 | grad norm    2.500 | lr 1.00e-05 | real 50.0 ms,  15,360 tokens/s,  100 GFLOP/s, "
          + "62.4 % of sgemm | 10.0 s to go",
        "step   4/200 | loss  4.1600 | grad norm    0.625 | lr 4.00e-05 | real  100 ms,   7,680 tokens/s, 50.0 GFLOP/s, "
          + "31.2 % of sgemm | 19.6 s to go",
      ])
  }

  @Test func `a simulated run tells both clocks, each by its name`() {
    var report = sampleStep(1)
    report.simulated = SimulatedClock(seconds: 0.0123, utilization: 0.412)
    #expect(
      lines([.began(sampleSummary()), .step(report)]).last
        == "step   1/200 | loss  4.1900 | grad norm    2.500 | lr 1.00e-05 | sim 12.3 ms, MFU 41.2 % | real 50.0 ms, "
        + " 15,360 tokens/s,  100 GFLOP/s, 62.4 % of sgemm | 10.0 s to go")
  }

  @Test(arguments: [
    (1e-6, 1e-7, "sim 1.00 us, MFU < 0.01 %"), (0.0005, 0.00042, "sim 500 us, MFU 0.04 %"),
    (0.0999, 0.001, "sim 99.9 ms, MFU 0.1 %"), (2.5, 1, "sim 2.5 s, MFU 100.0 %"),
    (7200, 0.5, "sim 2 h 00 min, MFU 50.0 %"),
  ])
  func `the simulated clock is readable from a microsecond to hours`(
    _ seconds: Double, _ utilization: Double, _ text: String
  ) {
    var report = sampleStep(1)
    report.simulated = SimulatedClock(seconds: seconds, utilization: utilization)
    #expect(lines([.step(report)]).last?.contains(" | \(text) | real ") == true)
  }

  @Test func `the fields of all step lines of a run stand below each other`() {
    let logged = lines(sampleRun(), logEvery: 1).filter { $0.contains("GFLOP/s, ") }
    let positions = Set(logged.map { line in line.indices.filter { line[$0] == "|" }.map { $0.utf16Offset(in: line) } })
    #expect(logged.count == 200)
    #expect(positions.count == 1)
  }

  @Test func `a run in double precision is compared with dgemm`() {
    let logged = lines([.began(sampleSummary(precision: .float64)), .step(sampleStep(1))])
    #expect(logged.last?.contains("62.4 % of dgemm") == true)
  }

  @Test(arguments: [
    (Double.nan, "loss     nan"), (.infinity, "loss     inf"), (10.82541, "loss 10.8254"), (0.00004, "loss  0.0000"),
  ])
  func `a loss keeps its column whatever it is`(_ loss: Double, _ text: String) {
    let logged = lines([.began(sampleSummary()), .step(sampleStep(1, loss: loss))])
    #expect(logged.last?.contains("| \(text) |") == true)
  }

  @Test(arguments: [
    (0, "   0.000"), (0.001, "1.00e-03"), (0.01, "   0.010"), (999.4, " 999.400"), (1234.5, "    1235"),
    (1e6, "1.00e+06"), (.nan, "     nan"), (.infinity, "     inf"),
  ])
  func `a gradient norm keeps its column over all decades`(_ norm: Double, _ text: String) {
    var report = sampleStep(1)
    report.gradientNorm = norm
    let logged = lines([.began(sampleSummary()), .step(report)])
    #expect(logged.last?.contains("| grad norm \(text) |") == true)
  }

  @Test func `an evaluation has the loss and perplexity of each split`() {
    let report = EvaluationReport(step: 50, trainingLoss: 1.75, validationLoss: 1.88, seconds: 65)
    #expect(
      lines([.began(sampleSummary()), .evaluated(report)]).last
        == "step  50/200 | train loss 1.7500 perplexity 5.755 | validation loss 1.8800 perplexity 6.554 | "
        + "evaluated in 1 min 05 s")
  }

  @Test func `an evaluation of the validation split alone says nothing of the other`() {
    let report = EvaluationReport(step: 0, trainingLoss: nil, validationLoss: 50, seconds: 1)
    #expect(
      lines([.evaluated(report)]) == ["step 0 | validation loss 50.0000 perplexity 5.18e+21 | evaluated in 1.0 s"])
  }

  @Test func `a checkpoint's line names its path`() {
    #expect(
      lines([.began(sampleSummary()), .saved(step: 7, path: "out/step-7")]).last
        == "step   7/200 | checkpoint saved to out/step-7")
  }

  @Test func `a note of several lines is indented beneath its mark`() {
    let written = lines([.note("step-9 is damaged\nresuming from step-8")])
    #expect(written == ["note: step-9 is damaged", "      resuming from step-8"])
  }
}
