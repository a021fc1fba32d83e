package import Cluster
package import GPUModel
package import Model
import Program
package import Quantities

/// A model that generates text on one GPU: what it holds, and what prompts and tokens take.
///
/// All sequences of a batch have one length and pass together: B prompts of S tokens, then one token each, over caches of K tokens.
///
///     first token = T(prefill of B·S rows);  per token = T(decode of B rows over K);  tokens a second = B / per token
///
/// Worked example: LLaMA-2 7B in fp16 on an A100 of 80 GB and 2,039 GB/s, one sequence: a token reads 13.2 GB of weights (the token table
/// is only looked up in) and half a mebibyte of cache for every token before it, so no token takes less than 6.5 ms.
///
/// - Source: the kernels' times are `KernelModel`'s; prefill and decode after Pope et al. 2022, arXiv:2211.05102.
/// - Ignores: several GPUs, sequences of different lengths, prompts that join while others decode, sampling, the host's scheduler.
/// - Measured: gpt-fast's LLaMA-2 7B in bf16 on an A100 of 80 GB makes 104.9 tokens a second, one sequence (its README, 2024, a board
///   held to 330 W); this model says 100, 5 % less.
package struct InferenceModel {
  package let gpu: GPU
  package let architecture: Architecture
  package let type: ScalarType
  package let cacheSize: KeyValueCacheSize
  /// Share of the GPU's memory that weights, caches and activations may take.
  package let memoryShare: Double
  private let program: GenerationProgram
  private let kernels: KernelModel
  private let calibration: Calibration
  private let lowering: Lowering
  private let issue: HostIssue

  /// - Parameters:
  ///   - block: tokens of a block of the key-value cache.
  ///   - memoryShare: the rest is the driver's, the libraries' and the allocator's.
  /// - Errors: `EstimateError` for settings that mean nothing; `CalibrationError` for constants that are missing; `GPUError` for what the
  ///   GPU cannot do.
  package init(
    _ architecture: Architecture, _ type: ScalarType, on gpu: GPU, _ lowering: Lowering, _ calibration: Calibration,
    issue: HostIssue = HostIssue(), block: Int = 16, memoryShare: Double = 0.9
  ) throws {
    guard memoryShare > 0, memoryShare <= 1 else {
      throw EstimateError(
        key: "memory share", value: "\(memoryShare)", reason: "is no share of a GPU's memory",
        way: "give a number above 0 and at most 1, such as 0.9")
    }
    guard lowering.attention != .recomputed else {
      throw EstimateError(
        key: "attention", value: "recomputed", reason: "is a way of a backward pass, and generation has none",
        way: "choose flash or unfused")
    }
    (self.gpu, self.architecture, self.type, self.memoryShare) = (gpu, architecture, type, memoryShare)
    (self.calibration, self.lowering, self.issue) = (calibration, lowering, issue)
    cacheSize = try KeyValueCacheSize(architecture, type, block: block)
    program = GenerationProgram(architecture, type)
    kernels = try KernelModel(gpu, calibration)
    if lowering.attention == .flash { try gpu.requireFlashAttention(precision) }
    _ = try gpu.peak(precision)
  }

  /// In which matrices are multiplied.
  package var precision: MathPrecision {
    let own = MathPrecision(type)!
    return own == .fp32 && lowering.allowsTF32 ? .tf32 : own
  }
  package var weights: ByteCount { program.weights }
  /// Of the weights, what a token must read: tables are only looked up in.
  package var weightsRead: ByteCount {
    let a = architecture
    let tokens = a.isTied ? 0 : a.vocabulary * a.hidden
    let positions = a.positions == .learned ? a.positionCount * a.hidden : 0
    return weights - ByteCount(tokens + positions, of: type)
  }
  /// Bytes that weights, caches and activations may take.
  package var room: ByteCount { ByteCount(Int(memoryShare * Double(gpu.memory.value))) }

  /// - Parameters:
  ///   - prompt: tokens that every sequence begins with.
  ///   - context: tokens of every sequence when it has grown: a token's time is of the last one.
  /// - Errors: `EstimateError` for sequences that the model cannot hold, or a prompt that leaves nothing to generate.
  package func serving(prompt: Int, context: Int) throws -> ServingShape {
    guard prompt > 0, context > prompt else {
      throw EstimateError(
        key: "context", value: grouped(context),
        reason: "leaves nothing to generate after a prompt of \(grouped(prompt))",
        way: "give a context above the prompt, and a prompt of one token at least")
    }
    return ServingShape(
      prefill: try program.pass(new: prompt, past: 0), decode: try program.pass(new: 1, past: context - 1))
  }

  /// - Errors: `EstimateError` for an empty batch.
  package func estimate(_ shape: ServingShape, batch: Int) throws -> InferenceEstimate {
    guard batch > 0 else {
      throw EstimateError(key: "batch", value: "\(batch)", reason: "holds no sequence", way: "give 1 at least")
    }
    let memory = memory(shape, batch: batch)
    let cold = try ColdMemory(gpu, calibration, passing: weights + memory.cache)
    let pricing = GenerationPricing(model: kernels, lowering: lowering, issue: issue, memory: cold)
    return InferenceEstimate(
      batch: batch, memory: memory, fits: memory.total <= room,
      prefill: try pricing.time(of: shape.prefill, sequences: batch),
      decode: try pricing.time(of: shape.decode, sequences: batch), work: work(shape, batch: batch))
  }

  package func memory(_ shape: ServingShape, batch: Int) -> InferenceMemory {
    InferenceMemory(
      weights: weights, cache: cacheSize.bytes(tokens: shape.context, sequences: batch),
      activations: max(shape.prefill.activations, shape.decode.activations) * batch)
  }

  /// The most sequences that fit; 0 where the weights alone leave no room.
  package func largestBatch(_ shape: ServingShape) -> Int {
    let one = memory(shape, batch: 1)
    return max(0, (room - weights).value / (one.cache + one.activations).value)
  }

  private func work(_ shape: ServingShape, batch: Int) -> InferenceEstimate.Work {
    InferenceEstimate.Work(
      prefillFLOPs: shape.prefill.flops * batch, peak: gpu.matmulRates[precision]!,
      decodeBytes: weightsRead + cacheSize.perToken * (shape.context * batch), bandwidth: gpu.memoryBandwidth)
  }
}
