package import Program

/// A kernel of a trace, with its time.
package struct PricedKernel: Hashable, Sendable {
  package var lowered: LoweredKernel
  package var stream: Stream
  package var phase: String
  /// The nodes of the trace whose run of operations it belongs to; kernels of one run are neighbours, in launch order.
  package var nodes: Range<Int>
  package var time: KernelTime
  /// Seconds that it occupies its stream: from a CUDA graph where the host dispatches nothing for it, else launched by the host.
  package var seconds: Double
  /// Seconds of the host until it has issued the kernel and is free again.
  package var hostSeconds: Double

  package var kernel: Kernel { lowered.kernel }
  package var launch: StreamTimeline.Launch { .init(kernelSeconds: seconds, hostSeconds: hostSeconds) }
}

/// What a kernel is for, in totals.
package enum KernelKind: String, Hashable, Sendable, CaseIterable {
  case matmul = "matrix products"
  case attention, norms, elementwise, embeddings, loss, optimizer
}

extension PricedKernel {
  /// Kernels of the step's last phase (sums of gradients, their norm, updates, casts) are the optimizer's.
  package var kind: KernelKind {
    if phase == "optimizer" { return .optimizer }
    switch kernel {
    case .attention: return .attention
    // Products of single heads are batched, those of layers are not.
    case .matmul(let product): return product.batch > 1 ? .attention : .matmul
    case .rows(let rows): return rows.function.kind
    case .streaming: return KernelKind(streaming: lowered.name)
    }
  }
}

extension KernelKind {
  fileprivate init(streaming name: String) {
    let kinds: [(KernelKind, [String])] = [
      (.optimizer, ["optimizer-step", "squared-norm", "clip-coefficient"]), (.attention, ["softmax"]),
      (.norms, ["layer-norm", "rms-norm"]), (.embeddings, ["embedding", "positions"]),
      (.loss, ["cross-entropy", "vocabulary"]),
    ]
    self = kinds.first { $0.1.contains { name.contains($0) } }?.0 ?? .elementwise
  }
}

extension RowKernel.Function {
  fileprivate var kind: KernelKind {
    switch self {
    case .softmax, .softmaxBackward: .attention
    case .layerNorm, .rmsNorm, .layerNormBackward, .rmsNormBackward: .norms
    case .crossEntropy, .crossEntropyBackward: .loss
    }
  }
}
