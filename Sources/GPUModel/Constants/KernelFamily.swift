package import Cluster

/// Kernels that share constants.
package enum KernelFamily: String, Hashable, Sendable, CaseIterable {
  case matmulTensor = "matmul_tensor"
  /// fp8, with the quantisation of activations that its libraries launch before it.
  case matmulFP8 = "matmul_fp8"
  case matmulSIMT = "matmul_simt"
  /// Batched products on CUDA cores, for which cuBLAS has fewer tiles.
  case batchedSIMT = "matmul_simt_batched"
  case elementwise, softmax, norm
  case attentionForward = "attention_forward"
  case attentionBackward = "attention_backward"
}

extension GPU {
  /// - Errors: `GPUError` where the GPU has no such products.
  package func family(of kernel: Kernel) throws(GPUError) -> KernelFamily {
    switch kernel {
    case .matmul(let shape): try family(of: shape)
    case .streaming: .elementwise
    case .rows(let rows): rows.function.family
    case .attention(let attention): attention.backward ? .attentionBackward : .attentionForward
    }
  }

  private func family(of shape: MatmulKernel) throws(GPUError) -> KernelFamily {
    if shape.precision == .fp8 { return .matmulFP8 }
    guard try multiplier(shape.precision).0 == .simt else { return .matmulTensor }
    return shape.batch > 1 ? .batchedSIMT : .matmulSIMT
  }
}

extension RowKernel.Function {
  var family: KernelFamily {
    switch self {
    case .softmax, .softmaxBackward, .crossEntropy, .crossEntropyBackward: .softmax
    case .layerNorm, .rmsNorm, .layerNormBackward, .rmsNormBackward: .norm
    }
  }
}
