import Configuration
import Model
import Quantities
import Training

extension SimulatedRun {
  private static let mostTokens = 100_000_000
  private static let mostFLOPs = 1e18
  private static let mostFactor = 1000.0

  /// Counts are exact integers, and times end at 100 days.
  static func checkSize(_ plan: TrainingPlan, _ run: RunConfiguration) throws {
    let tokens = plan.microBatch.multipliedReportingOverflow(by: plan.sequence)
    guard !tokens.overflow, tokens.partialValue <= mostTokens else {
      throw tooLarge(
        "a micro-batch of \(grouped(plan.microBatch)) x \(grouped(plan.sequence)) tokens",
        "it has at most \(grouped(mostTokens)); lower micro_batch_size or sequence_length")
    }
    let rows = Double(tokens.partialValue) * Double(plan.accumulation)
    let factors = run.simulation.slowGPUs.map(\.factor) + run.simulation.slowLinks.map(\.factor)
    if let factor = factors.first(where: { $0 > mostFactor }) {
      throw tooLarge("a slowdown of \(factor)", "it is at most 1,000; what stands still is simulation.mtbf_per_gpu")
    }
    let flops = 6 * Double(plan.model.parameterCount) * rows / Double(run.parallelism.others)
    guard flops * (factors.max() ?? 1) < mostFLOPs else {
      throw tooLarge(
        "a step of \(withDecimalPrefix(flops, "FLOP")) on a GPU", "it has at most 1e18; lower global_batch_size")
    }
  }

  private static func tooLarge(_ what: String, _ way: String) -> Failure.Wrapped {
    Failure(code: .data, text: "\(what) is too large: \(way)").error
  }
}
