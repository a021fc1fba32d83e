package import Program

/// A kernel of a trace, with its time.
package struct PricedKernel: Hashable, Sendable {
  package var lowered: LoweredKernel
  package var stream: Stream
  package var phase: String
  /// The nodes of the trace whose run of operations it belongs to; kernels of one run are neighbours, in launch order.
  package var nodes: Range<Int>
  package var time: KernelTime
  /// Seconds that it occupies its stream, with the gap before it where the host launches it.
  package var seconds: Double
  /// Seconds of the host to issue it.
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
    case .rows(let rows): return KernelKind(named: lowered.name) ?? rows.function.kind
    case .streaming: return KernelKind(named: lowered.name) ?? .elementwise
    }
  }
}

extension KernelKind {
  /// Nil where the name tells nothing.
  fileprivate init?(named name: String) {
    let kinds: [(KernelKind, [String])] = [
      (.optimizer, ["optimizer-step", "squared-norm", "clip-coefficient"]),
      (.loss, ["cross-entropy", "vocabulary", "log-softmax", "nll-loss"]), (.attention, ["softmax"]),
      (.norms, ["layer-norm", "rms-norm"]), (.embeddings, ["embedding", "positions"]),
    ]
    guard let kind = kinds.first(where: { $0.1.contains { name.contains($0) } })?.0 else { return nil }
    self = kind
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
