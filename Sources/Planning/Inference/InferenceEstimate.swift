import GPUModel
package import Quantities

/// What a GPU holds while it generates.
package struct InferenceMemory: Hashable, Sendable {
  /// Caches in whole blocks, all sequences at their full length.
  package var weights, cache: ByteCount
  /// What the larger pass, that of all prompts together, holds at once.
  package var activations: ByteCount

  package var total: ByteCount { weights + cache + activations }
}

/// A batch's memory and times.
package struct InferenceEstimate: Hashable, Sendable {
  /// What must be computed and read at least, and how fast the GPU could.
  package struct Work: Hashable, Sendable {
    package var prefillFLOPs: FLOPCount
    package var peak: ComputeRate
    /// Weights and caches, once.
    package var decodeBytes: ByteCount
    package var bandwidth: Bandwidth
  }

  package let batch: Int
  package let memory: InferenceMemory
  package let fits: Bool
  package let prefill, decode: GenerationTime
  package let work: Work
}

extension InferenceEstimate {
  /// Seconds from the prompts to the first token of every sequence.
  package var timeToFirstToken: Double { prefill.seconds }
  /// Seconds from a token to the next, at the full context.
  package var timePerOutputToken: Double { decode.seconds }
  /// Of all sequences.
  package var tokensPerSecond: Double { Double(batch) / timePerOutputToken }
  /// Share of the peak that the prompts' FLOPs come to.
  package var prefillUtilization: Double { work.prefillFLOPs / prefill.seconds / work.peak }
  /// Share of the bandwidth that weights and caches, read once, come to.
  package var decodeBandwidthShare: Double { work.decodeBytes / decode.seconds / work.bandwidth }
}
