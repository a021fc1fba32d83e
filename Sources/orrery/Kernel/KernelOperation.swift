import ArgumentParser
import Program
import Quantities

/// What `orrery kernel` can be asked for, in field words.
enum KernelOperation: String, CaseIterable {
  case matmul, attention
  case attentionBackward = "attention-backward"
  case softmax
  case softmaxBackward = "softmax-backward"
  case layerNorm = "layernorm"
  case layerNormBackward = "layernorm-backward"
  case rmsNorm = "rmsnorm"
  case rmsNormBackward = "rmsnorm-backward"
  case crossEntropy = "cross-entropy"
  case crossEntropyBackward = "cross-entropy-backward"
  case relu, gelu
  case geluTanh = "gelu-tanh"
  case silu
  case quickGELU = "quick-gelu"
  case reluBackward = "relu-backward"
  case geluBackward = "gelu-backward"
  case geluTanhBackward = "gelu-tanh-backward"
  case siluBackward = "silu-backward"
  case quickGELUBackward = "quick-gelu-backward"
  case swiglu, geglu
  case swigluBackward = "swiglu-backward"
  case gegluBackward = "geglu-backward"
  case add, copy, cast, fill, dropout
  case dropoutBackward = "dropout-backward"
  case addBias = "add-bias"
  case biasGradient = "bias-gradient"
  case dropoutAdd = "dropout-add"
  case embedding
  case embeddingBackward = "embedding-backward"
  case rotary
  case squaredNorm = "squared-norm"
  case sgd, momentum, adagrad, rmsprop, adam, adamw
}

extension KernelOperation {
  private static let aliases: [String: KernelOperation] = [
    "gemm": .matmul, "mm": .matmul, "bmm": .matmul, "linear": .matmul, "sdpa": .attention,
    "flash-attention": .attention,
    "flash-attention-backward": .attentionBackward, "layer-norm": .layerNorm, "rms-norm": .rmsNorm,
    "layer-norm-backward": .layerNormBackward, "rms-norm-backward": .rmsNormBackward, "gelu-new": .geluTanh,
    "swish": .silu, "convert": .cast, "bias-add": .addBias, "residual-add": .dropoutAdd, "rope": .rotary,
    "memcpy": .copy, "memset": .fill,
  ]

  /// - Errors: a name that means none, with the nearest.
  init(argument text: String) throws {
    let name = text.lowercased().replacing("_", with: "-")
    if let known = KernelOperation(rawValue: name) ?? Self.aliases[name] {
      self = known
      return
    }
    let near = suggestion(for: name, among: Self.allCases.map(\.rawValue) + Self.aliases.keys)
    let hint = near.map { "did you mean \($0)?" } ?? "known: \(Self.list)"
    throw ValidationError("OP '\(text)' is no operation; \(hint)")
  }

  /// All names, backward ones left to the reader.
  static var list: String {
    allCases.map(\.rawValue).filter { !$0.hasSuffix("-backward") }.joined(separator: ", ")
  }

  var form: KernelShape.Form {
    switch self {
    case .matmul: .product
    case .attention, .attentionBackward: .heads
    case .rotary: .rotary
    case .embedding, .embeddingBackward: .table
    case .softmax, .softmaxBackward, .layerNorm, .layerNormBackward, .rmsNorm, .rmsNormBackward, .crossEntropy,
      .crossEntropyBackward, .swiglu, .geglu, .swigluBackward, .gegluBackward, .addBias, .biasGradient:
      .rows
    case .relu, .gelu, .geluTanh, .silu, .quickGELU, .reluBackward, .geluBackward, .geluTanhBackward, .siluBackward,
      .quickGELUBackward, .add, .copy, .cast, .fill, .dropout, .dropoutBackward, .dropoutAdd, .squaredNorm, .sgd,
      .momentum, .adagrad, .rmsprop, .adam, .adamw:
      .count
    }
  }

  var isAttention: Bool { self == .attention || self == .attentionBackward }
}
