package import Cluster

/// The model of one family of kernels on one GPU with given constants: what a fit evaluates.
package enum FamilyModel: Sendable {
  case matmul(MatmulModel)
  case elementwise(StreamingModel)
  case rows(RowModel)
  case attention(AttentionModel)

  /// - Errors: `GPUError` for a precision that the GPU does not have.
  package init(_ family: KernelFamily, _ gpu: GPU, _ precision: MathPrecision, _ values: [Double]) throws(GPUError) {
    switch family {
    case .matmulTensor, .matmulFP8, .matmulSIMT, .batchedSIMT:
      self = .matmul(
        try MatmulModel(gpu, precision, MatmulConstants(values: values), batched: family == .batchedSIMT))
    case .elementwise: self = .elementwise(StreamingModel(gpu, StreamingConstants(values: values)))
    case .softmax, .norm: self = .rows(RowModel(gpu, RowConstants(values: values)))
    case .attentionForward, .attentionBackward:
      self = .attention(try AttentionModel(gpu, precision, AttentionConstants(values: values)))
    }
  }

  /// Seconds of a kernel of the family.
  package func seconds(_ kernel: Kernel, power: PowerState) -> Double {
    switch (self, kernel) {
    case (.matmul(let model), .matmul(let shape)): model.seconds(shape, power: power)
    case (.elementwise(let model), .streaming(let shape)): model.seconds(shape)
    case (.rows(let model), .rows(let shape)): model.seconds(shape)
    case (.attention(let model), .attention(let shape)): model.seconds(shape)
    case (.matmul, _), (.elementwise, _), (.rows, _), (.attention, _):
      preconditionFailure("\(kernel) is of another family")
    }
  }
}

extension KernelFamily {
  package var parameters: [ConstantParameter] {
    switch self {
    case .matmulTensor, .matmulFP8, .matmulSIMT, .batchedSIMT: MatmulConstants.parameters
    case .elementwise: StreamingConstants.parameters
    case .softmax, .norm: RowConstants.parameters
    case .attentionForward, .attentionBackward: AttentionConstants.parameters
    }
  }
}

extension Kernel {
  /// What the kernel multiplies; fp32 where it multiplies no matrices.
  package var precision: MathPrecision {
    switch self {
    case .matmul(let shape): shape.precision
    case .attention(let shape): shape.precision
    case .streaming, .rows: .fp32
    }
  }
}
