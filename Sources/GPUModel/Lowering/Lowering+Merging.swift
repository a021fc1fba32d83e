package import Program
import Quantities

extension Lowering {
  /// The kernels of operations that run one after another on one stream.
  ///
  /// Neighbours merge where the second reads what the first wrote. A sequence of operations does not name its tensors, so this is
  /// taken from adjacency and from equal element and byte counts. The result in between is still written, since another operation
  /// may have saved it or read it later; only its read is dropped. Optimizer steps that treat their tensors alike become one where
  /// the launch takes lists of tensors.
  package func kernels(_ operations: [Operation]) -> [LoweredKernel] {
    var result: [LoweredKernel] = []
    for next in kernelsKnowingZeros(gathered(operations)) {
      if let last = result.last, merges(last, next) {
        result[result.count - 1] = last.merged(with: next)
      } else {
        result.append(next)
      }
    }
    return result
  }

  private func merges(_ first: LoweredKernel, _ second: LoweredKernel) -> Bool {
    guard first.carries > 0, first.carries == second.takes, first.kernel.elements == second.kernel.elements else {
      return false
    }
    switch fusion {
    case .eager: return false
    case .fused: return first.name == "add-bias" && second.name == "residual-add"
    case .compiled: return first.hostOperations == 0 && second.hostOperations == 0
    }
  }

  /// Steps, and the casts between them, that differ in their tensors alone are one launch over a list of tensors.
  private func gathered(_ operations: [Operation]) -> [Operation] {
    guard optimizer != .perTensor else { return operations }
    var result: [Operation] = []
    var run = 0  // where the last run of optimizer steps began
    for next in operations {
      let place = (run..<result.count).first { result[$0].joined(with: next) != nil }
      if let place, let joined = result[place].joined(with: next) {
        result[place] = joined
      } else {
        result.append(next)
      }
      if !next.isOptimizing { run = result.count }
    }
    return result
  }
}

extension LoweredKernel {
  /// Both in one launch. A row stays with its block, so a row kernel that gains a neighbour passes over memory once.
  func merged(with next: LoweredKernel) -> LoweredKernel {
    let traffic = Traffic(
      read: self.traffic.read + next.traffic.read - ByteCount(carries),
      written: self.traffic.written + next.traffic.written)
    let kernel = StreamingKernel(
      bytesRead: traffic.read.value, bytesWritten: traffic.written.value, operations: (flops + next.flops).value,
      specialFunctions: self.kernel.specialFunctions + next.kernel.specialFunctions, elements: next.kernel.elements ?? 0
    )
    var result = LoweredKernel(
      .streaming(kernel), name: "\(name)+\(next.name)", traffic: traffic,
      hostOperations: max(hostOperations, next.hostOperations))
    (result.takes, result.carries) = (takes, next.carries)
    return result
  }

  /// Tells what a neighbour may hand over and take.
  func between(_ operation: Operation) -> LoweredKernel {
    var result = self
    (result.takes, result.carries) = operation.handover
    return result
  }
}

extension Kernel {
  fileprivate var specialFunctions: Int {
    switch self {
    case .streaming(let kernel): kernel.specialFunctions
    case .rows(let kernel): kernel.function == .softmax ? kernel.rows * kernel.columns : 0
    case .matmul, .attention: 0
    }
  }
}

extension Operation {
  fileprivate var isOptimizing: Bool {
    switch self {
    case .optimizerStep, .convert: true
    default: false
    }
  }

  /// Both as one, if they treat their tensors alike.
  fileprivate func joined(with next: Operation) -> Operation? {
    switch (self, next) {
    case (
      .optimizerStep(let rule, let count, let guarded, let gradient, let type), .optimizerStep(_, let more, _, _, _)
    )
    where next == .optimizerStep(rule, count: more, guarded: guarded, gradient: gradient, type):
      .optimizerStep(rule, count: count + more, guarded: guarded, gradient: gradient, type)
    case (.convert(let count, let from, let to), .convert(let more, _, _))
    where next == .convert(count: more, from: from, to: to):
      .convert(count: count + more, from: from, to: to)
    default: nil
    }
  }

  /// Bytes of the operand that flows in value by value, and of the result that flows out so. Nothing outside a graph flows.
  fileprivate var handover: (takes: Int, carries: Int) {
    let bytes = mainType.map { elements * $0.size } ?? 0
    return switch self {
    case .tokenEmbedding, .gatedActivation: (0, bytes)
    case .addBias, .addPositions, .norm, .normBackward, .activation, .activationBackward, .residualAdd,
      .dropoutBackward:
      (bytes, bytes)
    case .addPositionsBackward, .columnSum, .gatedActivationBackward: (bytes, 0)
    case .fill, .copy, .convert, .add, .matmul, .tokenEmbeddingBackward, .rotary, .attention, .attentionBackward,
      .cachedAttention, .crossEntropy,
      .crossEntropyBackward, .vocabularyMaximum, .vocabularySums, .vocabularyLoss, .squaredNorm, .sum,
      .clipCoefficient, .optimizerStep:
      (0, 0)
    }
  }
}
