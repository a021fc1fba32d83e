import GPUModel
import Program
import Quantities

/// What must hold of any lowering of one operation; each broken law is a sentence.
enum LoweringLaws {
  static func broken(_ kernels: [LoweredKernel], of operation: Operation, by lowering: Lowering) -> [String] {
    (bytes(kernels, operation, lowering) + work(kernels, operation, lowering) + consistency(kernels))
      .map { "\(operation.name), \(lowering.fusion.rawValue), \(lowering.attention.rawValue): \($0)" }
  }

  static func traffic(_ kernels: [LoweredKernel]) -> ByteCount { kernels.reduce(.zero) { $0 + $1.traffic.total } }

  private static func bytes(_ kernels: [LoweredKernel], _ operation: Operation, _ lowering: Lowering) -> [String] {
    let (moved, needed) = (traffic(kernels), operation.traffic)
    var broken: [String] = []
    if moved < needed.total { broken.append("moves \(moved.value) B of \(needed.total.value) B") }
    if kernels.count == 1, kernels[0].traffic != needed + mask(operation, lowering) {
      broken.append("one kernel moves \(kernels[0].traffic), not \(needed)")
    }
    if !operation.isIndexing, needed.total < operation.bytesRead + operation.bytesWritten {
      broken.append("traffic is less than the operands")
    }
    return broken
  }

  /// The eager gradient of dropout reads one byte a value, where others draw the mask again from its key.
  private static func mask(_ operation: Operation, _ lowering: Lowering) -> Traffic {
    guard lowering.fusion == .eager, case .dropoutBackward(let rows, let columns, _, _) = operation else {
      return Traffic(read: .zero, written: .zero)
    }
    return Traffic(read: ByteCount(rows * columns - randomKeyCount * ScalarType.int32.size), written: .zero)
  }

  private static func work(_ kernels: [LoweredKernel], _ operation: Operation, _ lowering: Lowering) -> [String] {
    let flops = kernels.filter(\.isProduct).reduce(.zero) { $0 + $1.flops }
    switch operation {
    case .matmul: return flops == operation.flops ? [] : ["\(flops) for \(operation.flops)"]
    case .attention, .cachedAttention:
      let isExact = lowering.attention == .flash
      return (isExact ? flops == operation.flops : flops >= operation.flops) ? [] : ["\(flops) for \(operation.flops)"]
    case .attentionBackward:
      switch lowering.attention {
      case .flash: return flops == operation.flops ? [] : ["\(flops) for \(operation.flops)"]
      case .recomputed: return flops >= operation.flops ? [] : ["\(flops) for \(operation.flops)"]
      // Four products of the five that the operation counts.
      case .unfused: return flops * 5 >= operation.flops * 4 ? [] : ["\(flops) for \(operation.flops)"]
      }
    default:
      // An eager function counts its own operations: ReLU one, where the program counts eight of any activation.
      guard lowering.fusion != .eager, kernels.count == 1, case .streaming = kernels[0].kernel else { return [] }
      return kernels[0].flops == operation.flops ? [] : ["\(kernels[0].flops) for \(operation.flops)"]
    }
  }

  /// A kernel's own fields say what its traffic says, up to biases, gains and statistics.
  private static func consistency(_ kernels: [LoweredKernel]) -> [String] {
    kernels.compactMap { lowered in
      let traffic = lowered.traffic
      switch lowered.kernel {
      case .streaming(let kernel):
        let agrees = (kernel.bytesRead, kernel.bytesWritten) == (traffic.read.value, traffic.written.value)
        return agrees && kernel.elements > 0 && kernel.specialFunctions <= kernel.operations
          ? nil : "\(lowered.name): \(kernel) and \(traffic)"
      case .matmul(let kernel):
        let result = kernel.batch * kernel.m * kernel.n * kernel.resultSize
        return traffic.written.value == result ? nil : "\(lowered.name): result of \(result) B and \(traffic)"
      case .rows(let kernel):
        return traffic.read.value >= kernel.function.operands * kernel.rows * kernel.columns * kernel.size
          ? nil : "\(lowered.name): \(traffic)"
      case .attention: return nil
      }
    }
  }
}

extension LoweredKernel {
  var isProduct: Bool {
    switch kernel {
    case .matmul, .attention: true
    case .streaming, .rows: false
    }
  }
}

extension Operation {
  /// Whether an operand is a table or a cache of which only some rows are touched.
  var isIndexing: Bool {
    switch self {
    case .tokenEmbedding, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward, .cachedAttention: true
    default: false
    }
  }
}

extension RowKernel.Function {
  /// Matrices of which every value is read.
  fileprivate var operands: Int {
    switch self {
    case .softmax, .layerNorm, .rmsNorm, .crossEntropy, .crossEntropyBackward: 1
    case .softmaxBackward, .layerNormBackward, .rmsNormBackward: 2
    }
  }
}
