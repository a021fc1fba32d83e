import Foundation
import Quantities
import Training

/// `step   50/2000 | loss 2.5112 | grad norm 0.812 | lr 1.00e-03 | 45.5 ms/step | 17,600 tokens/s | 101 GFLOP/s, …`
func stepLine(_ report: StepReport, _ window: StepWindow, of summary: RunSummary?) -> String {
  [
    place(report.step, of: summary),
    "loss \(fixed(report.loss, decimals: 4).aligned(7))",
    "grad norm \(compact(report.gradientNorm).aligned(8))",
    "lr \(scientific(report.learningRate))",
    "\(durationText(window.secondsPerStep).aligned(7))/step",
    "\(perSecond(window.tokens, window.seconds).aligned(7)) tokens/s",
    "\(threeDigits(window.rate.flopsPerSecond / 1e9).aligned(4)) GFLOP/s, "
      + "\(fixed(window.utilization * 100, decimals: 1).aligned(4)) % of \(matrixProduct(summary))",
    "\(durationText(report.remaining)) to go",
  ].joined(separator: " | ")
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
