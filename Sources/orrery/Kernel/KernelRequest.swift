import Cluster
import GPUModel
import Program
import Quantities

/// One kernel that `orrery kernel` was asked for.
struct KernelRequest {
  var operation: KernelOperation
  var shape: KernelShape
  var precision: MathPrecision
  var layout: MatmulKernel.Layout = .tn
  var keyValueHeads: Int?
  var causal = true

  /// In which values are stored; nil for those that only matrix products take.
  var type: ScalarType? {
    switch precision {
    case .fp64: .float64
    case .fp32, .tf32: .float32
    case .fp16: .float16
    case .bf16: .bfloat16
    case .fp8: nil
    }
  }

  /// One line: what is timed.
  var title: String {
    switch operation {
    case .matmul: "matmul \(shape.text), \(precision.rawValue), \(layout.rawValue)"
    case .attention, .attentionBackward:
      "\(operation.rawValue) \(shape.text), \(keyValueHeads ?? shape.sizes[shape.sizes.count - 2]) key-value heads, "
        + "\(causal ? "causal" : "not causal"), \(precision.rawValue)"
    case .cast: "cast of \(shape.text), \(source.rawValue) to \(storage)"
    case .sgd, .momentum, .adagrad, .rmsprop, .adam, .adamw:
      "\(operation.rawValue) of \(shape.text), gradient \(storage), parameters and state \(stateType.rawValue)"
    default: "\(operation.rawValue) \(shape.text), \(storage)"
    }
  }

  private var storage: String { type?.rawValue ?? precision.rawValue }
  /// What an optimizer keeps.
  var stateType: ScalarType { type == .float64 ? .float64 : .float32 }
  /// What a cast reads.
  var source: ScalarType { type == .float32 ? .bfloat16 : .float32 }

  /// The kernel; operations of the program become kernels as they do in a step, eager where a mask is written.
  var kernel: Kernel {
    switch operation {
    case .matmul: .matmul(product)
    case .attention, .attentionBackward: .attention(fusedAttention)
    default: rowFunction.map(rowKernel) ?? lowered(program!)
    }
  }

  private func lowered(_ operation: Operation) -> Kernel {
    Lowering(self.operation == .dropout ? .eager : .fused).kernels(operation)[0].kernel
  }
}

extension KernelRequest {
  private var product: MatmulKernel {
    let sizes = Array(shape.sizes.suffix(3))
    return MatmulKernel(
      batch: shape.sizes.count == 4 ? shape.sizes[0] : 1, m: sizes[0], n: sizes[1], k: sizes[2], precision: precision,
      layout: layout)
  }

  private var fusedAttention: AttentionKernel {
    let sizes = shape.sizes
    let heads = sizes[sizes.count - 2]
    return AttentionKernel(
      batch: sizes[0], queries: sizes[1], keys: sizes[sizes.count - 3], heads: heads,
      keyValueHeads: keyValueHeads ?? heads, headSize: sizes.last!, causal: causal,
      backward: operation == .attentionBackward, precision: precision)
  }

  private func rowKernel(_ function: RowKernel.Function) -> Kernel {
    .rows(RowKernel(function, rows: shape.rows, columns: shape.columns, size: precision.size))
  }

  private var rowFunction: RowKernel.Function? {
    switch operation {
    case .softmax: .softmax
    case .softmaxBackward: .softmaxBackward
    case .layerNorm: .layerNorm
    case .layerNormBackward: .layerNormBackward
    case .rmsNorm: .rmsNorm
    case .rmsNormBackward: .rmsNormBackward
    case .crossEntropy: .crossEntropy
    case .crossEntropyBackward: .crossEntropyBackward
    default: nil
    }
  }
}
