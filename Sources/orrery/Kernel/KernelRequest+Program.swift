import Program
import Quantities

extension KernelRequest {
  /// The operation of the program; nil of kernels that are made without one.
  var program: Operation? {
    let type = type ?? .bfloat16
    let (rows, columns, count) = (shape.rows, shape.columns, shape.count)
    return switch operation {
    case .add: .add(count: count, type)
    case .copy: .copy(count: count, type)
    case .fill: .fill(count: count, value: 0, type)
    case .cast: .convert(count: count, from: source, to: type)
    case .squaredNorm: .squaredNorm(count: count, type)
    case .addBias: .addBias(rows: rows, columns: columns, type)
    case .biasGradient: .columnSum(rows: rows, columns: columns, accumulate: false, type, gradient: type)
    case .dropout, .dropoutAdd: .residualAdd(rows: 1, columns: count, dropout, type)
    case .dropoutBackward: .dropoutBackward(rows: 1, columns: count, dropout, type)
    case .embedding: .tokenEmbedding(table, type)
    case .embeddingBackward: .tokenEmbeddingBackward(table, type, gradient: type)
    case .rotary: .rotary(rotation, inverse: false, type)
    default: activation(type) ?? gated(type) ?? step(type)
    }
  }

  private var dropout: Dropout { Dropout(probability: 0.1, site: 0, sequence: 1) }
  private var table: EmbeddingShape {
    EmbeddingShape(rows: shape.sizes[0], columns: shape.sizes[1], vocabulary: shape.columns)
  }
  private var rotation: RotaryShape {
    let sizes = shape.sizes
    return RotaryShape(
      rows: sizes[0] * sizes[1], sequence: sizes[1], heads: sizes[2], keyValueHeads: keyValueHeads ?? sizes[2],
      headSize: sizes[3], frequencies: RotaryFrequencies())
  }

  private func activation(_ type: ScalarType) -> Operation? {
    let (forward, backward): (Activation?, Activation?) =
      switch operation {
      case .relu: (.relu, nil)
      case .gelu: (.gelu, nil)
      case .geluTanh: (.geluTanh, nil)
      case .silu: (.silu, nil)
      case .quickGELU: (.quickGELU, nil)
      case .reluBackward: (nil, .relu)
      case .geluBackward: (nil, .gelu)
      case .geluTanhBackward: (nil, .geluTanh)
      case .siluBackward: (nil, .silu)
      case .quickGELUBackward: (nil, .quickGELU)
      default: (nil, nil)
      }
    return forward.map { .activation($0, count: shape.count, type) }
      ?? backward.map { .activationBackward($0, count: shape.count, type) }
  }

  private func gated(_ type: ScalarType) -> Operation? {
    let (rows, columns) = (shape.rows, shape.columns)
    return switch operation {
    case .swiglu: .gatedActivation(.silu, rows: rows, columns: columns, type)
    case .geglu: .gatedActivation(.gelu, rows: rows, columns: columns, type)
    case .swigluBackward: .gatedActivationBackward(.silu, rows: rows, columns: columns, type)
    case .gegluBackward: .gatedActivationBackward(.gelu, rows: rows, columns: columns, type)
    default: nil
    }
  }

  private func step(_ gradient: ScalarType) -> Operation? {
    let rule: OptimizerRule? =
      switch operation {
      case .sgd: .sgd()
      case .momentum: .momentum()
      case .adagrad: .adagrad()
      case .rmsprop: .rmsprop()
      case .adam: .adam()
      case .adamw: .adamw()
      default: nil
      }
    return rule.map { .optimizerStep($0, count: shape.count, guarded: false, gradient: gradient, stateType) }
  }
}
