import Cluster
package import Program
import Quantities

/// How operations become kernels: which of a framework's habits are modelled.
///
/// A lowering sees operations, never allocations. So fusion cannot change what a model saves: the ledger of a trace is the same
/// under every lowering, and a merged kernel still writes all that its parts wrote for others to read.
///
/// - Source: for `eager`, dispatch traces of Hugging Face's GPT-2 and LLaMA (transformers 5.23, torch 2.13, November 2026);
///   for `fused`, Megatron-LM and Apex; for `compiled`, Inductor.
package struct Lowering: Hashable, Sendable {
  package enum Fusion: String, Hashable, Sendable, CaseIterable, Codable {
    /// Every elementwise function a kernel of its own; gradients are added to what is there by kernels of their own; dropout
    /// writes a mask of one byte a value.
    case eager
    /// One hand-written kernel for each operation of the program; a bias that comes late joins dropout and residual.
    case fused
    /// As `fused`; neighbours that pass over the same values merge; the CPU dispatches nothing but the optimizer.
    case compiled
  }
  package enum AttentionChoice: String, Hashable, Sendable, CaseIterable, Codable {
    /// FlashAttention or its like.
    case flash
    /// Scores pass through memory, and probabilities are kept for the backward pass, which then has four matrix products. A trace's
    /// ledger does not hold them: its attention keeps the log-sum-exp.
    case unfused
    /// As `unfused`, but the backward pass computes scores and probabilities again: five products, nothing kept beyond the ledger.
    case recomputed
  }
  package enum OptimizerLaunch: String, Hashable, Sendable, CaseIterable, Codable {
    /// One pass over all tensors.
    case fused
    /// One pass over all tensors for every function: `torch._foreach_…`.
    case foreach
    /// One pass a tensor for every function.
    case perTensor
  }

  package var fusion: Fusion
  package var attention: AttentionChoice
  package var optimizer: OptimizerLaunch
  /// fp32 matrix products go through tensor cores, rounded to TF32.
  package var allowsTF32: Bool

  package init(
    _ fusion: Fusion, attention: AttentionChoice = .flash, optimizer: OptimizerLaunch = .fused, allowsTF32: Bool = false
  ) {
    (self.fusion, self.attention, self.optimizer) = (fusion, attention, optimizer)
    self.allowsTF32 = allowsTF32
  }

  /// The kernels of one operation, in launch order.
  package func kernels(_ operation: Operation) -> [LoweredKernel] {
    var kernels = lowered(operation)
    guard fusion == .compiled, operation.isInsideGraph else { return kernels }
    for index in kernels.indices { kernels[index].hostOperations = 0 }
    return kernels
  }

  private func lowered(_ operation: Operation) -> [LoweredKernel] {
    switch operation {
    case .fill, .copy, .convert, .add, .addBias, .tokenEmbedding, .squaredNorm, .sum: [single(operation)]
    case .matmul(let shape, let type, let result): matmul(shape, type, result: result)
    case .columnSum: columnSum(operation)
    case .tokenEmbeddingBackward: tokenEmbeddingBackward(operation)
    case .addPositions: addPositions(operation)
    case .addPositionsBackward: addPositionsBackward(operation)
    case .norm: norm(operation)
    case .normBackward: normBackward(operation)
    case .activation, .activationBackward: activation(operation)
    case .gatedActivation, .gatedActivationBackward: gatedActivation(operation)
    case .rotary: rotary(operation)
    case .residualAdd, .dropoutBackward: residual(operation)
    case .attention(let shape, let type): attention(shape, type, operation)
    case .attentionBackward(let shape, let type): attentionBackward(shape, type, operation)
    case .cachedAttention(let shape, let type): cachedAttention(shape, type, operation)
    case .crossEntropy, .crossEntropyBackward: crossEntropy(operation)
    case .vocabularyMaximum, .vocabularySums, .vocabularyLoss: vocabularyCrossEntropy(operation)
    case .clipCoefficient: clipCoefficient(operation)
    case .optimizerStep(let rule, let count, let guarded, let gradient, let type):
      optimizerStep(operation, OptimizerTensor(rule, count, guarded, gradient, type))
    }
  }

  /// One streaming kernel that moves what the operation must, and computes what it counts.
  func single(_ operation: Operation, named name: String? = nil, special: Int = 0) -> LoweredKernel {
    let elements = operation.elements
    let traffic = operation.traffic
    let kernel = StreamingKernel(
      bytesRead: traffic.read.value, bytesWritten: traffic.written.value, operations: operation.flops.value,
      specialFunctions: special * elements, elements: elements)
    let lowered = LoweredKernel(.streaming(kernel), name: name ?? operation.name, traffic: traffic)
    return lowered.between(operation)
  }
}

extension Operation {
  /// Whether a compiler of the model sees it. Clipping, optimizer steps and the moves around them (copies, casts and sums of whole
  /// gradients and parameters) stay outside.
  var isInsideGraph: Bool {
    switch self {
    case .fill, .copy, .convert, .add, .sum, .squaredNorm, .clipCoefficient, .optimizerStep: false
    case .matmul, .addBias, .columnSum, .tokenEmbedding, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward,
      .norm, .normBackward, .activation, .activationBackward, .gatedActivation, .gatedActivationBackward, .rotary,
      .residualAdd, .dropoutBackward, .attention, .attentionBackward, .cachedAttention, .crossEntropy,
      .crossEntropyBackward, .vocabularyMaximum, .vocabularySums, .vocabularyLoss:
      true
    }
  }
}
