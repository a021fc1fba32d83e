import Foundation
import Quantities
import Training

/// `step   50/2000 | loss 2.5112 | grad norm 0.812 | lr 1.00e-03 | sim 12.3 ms, MFU 41.2 % | real 845 ms, 17,600 tokens/s, …`
func stepLine(_ report: StepReport, _ window: StepWindow, of summary: RunSummary?) -> String {
  [
    place(report.step, of: summary),
    "loss \(fixed(report.loss, decimals: 4).aligned(7))",
    "grad norm \(compact(report.gradientNorm).aligned(8))",
    "lr \(scientific(report.learningRate))", report.simulated.map(simulatedField), realField(window, of: summary),
    "\(durationText(report.remaining)) to go",
  ].compactMap { $0 }.joined(separator: " | ")
}

/// The clock of the simulated cluster: what a model says of every step.
private func simulatedField(_ clock: SimulatedClock) -> String {
  "sim \(stepTime(clock)), MFU \(percent(clock.utilization))"
}

/// The clock of this CPU.
private func realField(_ window: StepWindow, of summary: RunSummary?) -> String {
  [
    "real \(durationText(window.secondsPerStep).aligned(7))",
    "\(perSecond(window.tokens, window.seconds).aligned(7)) tokens/s",
    "\(threeDigits(window.rate.flopsPerSecond / 1e9).aligned(4)) GFLOP/s",
    "\(fixed(window.utilization * 100, decimals: 1).aligned(4)) % of \(matrixProduct(summary))",
  ].joined(separator: ", ")
}

/// Simulated steps may be microseconds long.
private func stepTime(_ clock: SimulatedClock) -> String {
  clock.seconds < 1e-3 ? "\(threeDigits(clock.seconds * 1e6)) us" : durationText(clock.seconds)
}

/// Of a ratio; models too small for their GPUs reach little.
private func percent(_ ratio: Double) -> String {
  let value = ratio * 100
  if value > 0, value < 0.01 { return "< 0.01 %" }
  return "\(fixed(value, decimals: value < 0.1 ? 2 : 1)) %"
}

func evaluationLine(_ report: EvaluationReport, of summary: RunSummary?) -> String {
  var fields = [place(report.step, of: summary)]
  if let loss = report.trainingLoss { fields.append("train \(lossAndPerplexity(loss))") }
  fields.append("validation \(lossAndPerplexity(report.validationLoss))")
  fields.append("evaluated in \(durationText(report.seconds))")
  return fields.joined(separator: " | ")
}

private func lossAndPerplexity(_ loss: Double) -> String {
  "loss \(fixed(loss, decimals: 4)) perplexity \(compact(exp(loss)))"
}

func savedLine(_ step: Int, _ path: String, of summary: RunSummary?) -> String {
  "\(place(step, of: summary)) | checkpoint saved to \(path)"
}

/// The first line is marked; what follows is indented beneath it.
func noteLines(_ text: String) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    .map { ($0.offset == 0 ? "note: " : "      ") + $0.element }
}

/// `step   50/2000`, as wide at the first step as at the last.
private func place(_ step: Int, of summary: RunSummary?) -> String {
  guard let summary else { return "step \(step)" }
  return "step \(String(step).aligned(String(summary.steps).count))/\(summary.steps)"
}

/// The BLAS name of the product that was timed for comparison.
func matrixProduct(_ summary: RunSummary?) -> String { summary?.precision == .float64 ? "dgemm" : "sgemm" }
