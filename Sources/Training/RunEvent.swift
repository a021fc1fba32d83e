package import Quantities

/// What a run tells those who watch it: data, so that a console, a file and a test can each make of it what they need.
package enum RunEvent: Hashable, Sendable {
  case began(RunSummary)
  case step(StepReport)
  case evaluated(EvaluationReport)
  case saved(step: Int, path: String)
  /// Something a user should know that is no error: a damaged checkpoint that was passed over.
  case note(String)
  case ended(RunTotals)
}

/// What is about to happen.
package struct RunSummary: Hashable, Sendable, Codable {
  /// The mesh in words, ranks in all, and how they talk (`MPI`, `threads`).
  package var layout: String
  package var ranks: Int
  package var transport: String
  package var parameters: Int
  package var vocabulary: Int
  package var trainingTokens, validationTokens: Int
  package var globalBatch, microBatch, accumulation, sequence: Int
  package var firstStep, steps: Int
  package var tokensPerStep: Int
  /// fp32 or fp64.
  package var precision: ScalarType
  /// This machine's own sgemm (dgemm) rate on one core, measured at the start.
  package var matmulRate: ComputeRate
  /// Cores that the ranks of this machine share.
  package var cores: Int
  /// What stands beside this machine; nil where nothing is simulated.
  package var simulated: SimulationSummary?
  /// Why nothing is; nil where nobody wanted it.
  package var unsimulated: String?

  package init(
    layout: String, ranks: Int, transport: String, parameters: Int, vocabulary: Int, trainingTokens: Int,
    validationTokens: Int, globalBatch: Int, microBatch: Int, accumulation: Int, sequence: Int, firstStep: Int,
    steps: Int, tokensPerStep: Int, precision: ScalarType, matmulRate: ComputeRate, cores: Int,
    simulated: SimulationSummary? = nil, unsimulated: String? = nil
  ) {
    (self.layout, self.ranks, self.transport, self.parameters) = (layout, ranks, transport, parameters)
    (self.vocabulary, self.trainingTokens, self.validationTokens) = (vocabulary, trainingTokens, validationTokens)
    (self.globalBatch, self.microBatch, self.accumulation) = (globalBatch, microBatch, accumulation)
    (self.sequence, self.firstStep, self.steps, self.tokensPerStep) = (sequence, firstStep, steps, tokensPerStep)
    (self.precision, self.matmulRate, self.cores) = (precision, matmulRate, cores)
    (self.simulated, self.unsimulated) = (simulated, unsimulated)
  }
}

/// One step, as seen by every rank alike.
package struct StepReport: Hashable, Sendable, Codable {
  /// Counted from 1: the number of steps done.
  package var step: Int
  /// Mean over the tokens of the global batch, nats.
  package var loss: Double
  package var gradientNorm: Double
  package var learningRate: Double
  /// Wall-clock seconds of the step on this rank, on this CPU.
  package var seconds: Double
  package var tokens: Int
  /// Model FLOPs (PaLM convention) over the step's seconds, all ranks together.
  package var rate: ComputeRate
  /// `rate` over what all used cores reach in matrix products.
  package var utilization: Double
  /// Seconds to the last step at the pace so far.
  package var remaining: Double
  /// The other clock; nil where nothing is simulated.
  package var simulated: SimulatedClock?

  package init(
    step: Int, loss: Double, gradientNorm: Double, learningRate: Double, seconds: Double, tokens: Int,
    rate: ComputeRate, utilization: Double, remaining: Double, simulated: SimulatedClock? = nil
  ) {
    (self.step, self.loss, self.gradientNorm) = (step, loss, gradientNorm)
    (self.learningRate, self.seconds, self.tokens) = (learningRate, seconds, tokens)
    (self.rate, self.utilization, self.remaining) = (rate, utilization, remaining)
    self.simulated = simulated
  }
}

package struct EvaluationReport: Hashable, Sendable, Codable {
  package var step: Int
  /// Mean losses in nats per token on samples of each split; nil where a split was not evaluated.
  package var trainingLoss: Double?
  package var validationLoss: Double
  package var seconds: Double

  package init(step: Int, trainingLoss: Double?, validationLoss: Double, seconds: Double) {
    (self.step, self.trainingLoss) = (step, trainingLoss)
    (self.validationLoss, self.seconds) = (validationLoss, seconds)
  }
}

/// What the run amounted to, on this rank.
package struct RunTotals: Hashable, Sendable, Codable {
  package var steps: Int
  package var seconds: Double
  package var tokens: Int
  /// The most memory held at once, and bytes sent in one step, as the ledger has them; what the allocator reached and the
  /// transport counted stand beside them.
  package var peakMemory, allocatorHighWater: ByteCount
  package var bytesPerStep, transportBytesPerStep: ByteCount
  package var memoryByCategory: [String: ByteCount]
  /// What a step sends by axis and collective, as `dp all-reduce`.
  package var bytesByRoute: [String: ByteCount]
  /// Questions and answers about faults, over the whole run: none where all went well.
  package var controlBytes: ByteCount
  /// What shapes alone had said of this rank; nil where nobody asked them.
  package var predicted: PredictedBytes?

  package init(
    steps: Int, seconds: Double, tokens: Int, peakMemory: ByteCount, allocatorHighWater: ByteCount,
    bytesPerStep: ByteCount, transportBytesPerStep: ByteCount, memoryByCategory: [String: ByteCount],
    bytesByRoute: [String: ByteCount] = [:], controlBytes: ByteCount = .zero, predicted: PredictedBytes? = nil
  ) {
    (self.steps, self.seconds, self.tokens) = (steps, seconds, tokens)
    (self.peakMemory, self.allocatorHighWater) = (peakMemory, allocatorHighWater)
    (self.bytesPerStep, self.transportBytesPerStep) = (bytesPerStep, transportBytesPerStep)
    (self.memoryByCategory, self.bytesByRoute) = (memoryByCategory, bytesByRoute)
    (self.controlBytes, self.predicted) = (controlBytes, predicted)
  }
}
