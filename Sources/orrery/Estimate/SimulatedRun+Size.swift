import Configuration
import Model
import Quantities
import Training

extension SimulatedRun {
  private static let mostTokens = 100_000_000
  private static let mostFLOPs = 1e18

  /// Counts are exact integers, and times end at 100 days.
  static func checkSize(_ plan: TrainingPlan, _ run: RunConfiguration) throws {
    let tokens = plan.microBatch.multipliedReportingOverflow(by: plan.sequence)
    guard !tokens.overflow, tokens.partialValue <= mostTokens else {
      throw tooLarge(
        "a micro-batch of \(grouped(plan.microBatch)) x \(grouped(plan.sequence)) tokens",
        "it has at most \(grouped(mostTokens)); lower micro_batch_size or sequence_length")
    }
    let rows = Double(tokens.partialValue) * Double(plan.accumulation)
    let flops = 6 * Double(plan.model.parameterCount) * rows / Double(run.parallelism.others)
    let step = "a step of \(withDecimalPrefix(flops, "FLOP")) on a GPU"
    guard flops < mostFLOPs else { throw tooLarge(step, "it has at most 1e18; lower global_batch_size") }
    guard let slowest = slowest(run.simulation), flops * slowest.factor >= mostFLOPs else { return }
    throw tooLarge(
      "\(step), slowed down by \(slowest.setting),",
      "the product is at most 1e18; lower the factor of \(slowest.factor)")
  }

  /// The setting that slows down the most; nil where none does.
  private static func slowest(_ settings: SimulationSettings) -> (setting: String, factor: Double)? {
    let gpus = settings.slowGPUs.map { ("simulation.slow_gpus '\($0)'", $0.factor) }
    let links = settings.slowLinks.map { ("simulation.slow_links '\($0)'", $0.factor) }
    return (gpus + links).max { $0.1 < $1.1 }
  }

  private static func tooLarge(_ what: String, _ way: String) -> Failure.Wrapped {
    Failure(code: .data, text: "\(what) is too large: \(way)").error
  }
}
