import Cluster
import GPUModel
import Planning
import Quantities

/// What `orrery inference` says.
struct InferenceReport {
  private let model: InferenceModel
  private let shape: ServingShape
  private let estimates: [InferenceEstimate]
  private let habits: String

  init(_ model: InferenceModel, _ shape: ServingShape, _ estimates: [InferenceEstimate], _ habits: String) {
    (self.model, self.shape, self.estimates, self.habits) = (model, shape, estimates, habits)
  }

  var text: String {
    [[heading], table, summary].map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: String {
    "\(model.gpu.name), \(model.precision.rawValue), \(habits): prompts of \(grouped(shape.prompt)) tokens, contexts of "
      + grouped(shape.context)
  }

  private var table: [String] {
    let titles = [
      "batch", "KV cache", "memory", "first token", "of peak", "per token", "of bandwidth", "tokens/s",
      "limited by",
    ]
    return TextTable([titles] + estimates.map(row), leftAligned: [8]).lines
  }

  private func row(_ estimate: InferenceEstimate) -> [String] {
    let memory = [grouped(estimate.batch), "\(estimate.memory.cache)", "\(estimate.memory.total)"]
    guard estimate.fits else { return memory + ["", "", "", "", "", "does not fit"] }
    return memory + [
      withTimeUnit(estimate.timeToFirstToken), percent(estimate.prefillUtilization),
      withTimeUnit(estimate.timePerOutputToken), percent(estimate.decodeBandwidthShare),
      grouped(Int(estimate.tokensPerSecond.rounded())), limiter(estimate.decode),
    ]
  }

  private func limiter(_ time: GenerationTime) -> String {
    time.timeline.isLaunchBound ? "host" : time.limiter.rawValue
  }

  private var summary: [String] {
    let most = model.largestBatch(shape)
    return [
      "weights       \(model.weights), of which a token reads \(model.weightsRead)",
      "KV cache      \(model.cacheSize.perToken) a token, in blocks of \(grouped(model.cacheSize.block))",
      "room          \(model.room) of \(model.gpu.memory), \(percent(model.memoryShare))",
      "largest batch " + (most > 0 ? grouped(most) : "none: one sequence does not fit"),
      "All prompts of a batch are read together; a token's time is of the last one. One GPU, nothing is sent.",
    ]
  }
}
