import Program
import Quantities

extension Operation {
  /// Values that a single kernel makes threads for: those of its widest pass.
  var elements: Int {
    switch self {
    case .fill(let count, _, _), .copy(let count, _), .convert(let count, _, _), .add(let count, _),
      .activation(_, let count, _), .activationBackward(_, let count, _), .squaredNorm(let count, _),
      .sum(let count, _), .optimizerStep(_, let count, _, _, _):
      count
    case .matmul(let s, _, _): s.m * s.n
    case .addBias(let rows, let columns, _), .columnSum(let rows, let columns, _, _, _),
      .gatedActivation(_, let rows, let columns, _), .gatedActivationBackward(_, let rows, let columns, _),
      .residualAdd(let rows, let columns, _, _), .dropoutBackward(let rows, let columns, _, _),
      .crossEntropy(let rows, let columns, _), .crossEntropyBackward(let rows, let columns, _, _),
      .vocabularyMaximum(let rows, let columns, _), .vocabularySums(let rows, let columns, _, _):
      rows * columns
    case .tokenEmbedding(let s, _), .tokenEmbeddingBackward(let s, _, _): s.rows * s.columns
    case .addPositions(let s, _), .addPositionsBackward(let s, _, _): s.rows * s.columns
    case .norm(let s, _), .normBackward(let s, _, _, _): s.values
    case .rotary(let s, _, _): s.rotated
    case .attention(let s, _), .attentionBackward(let s, _): s.rows * s.width
    case .cachedAttention(let s, _): s.new * s.width
    case .vocabularyLoss(let rows, _): rows
    case .clipCoefficient(let partials, _): partials
    }
  }

  /// The type of the values that flow through; nil where several do, or none.
  var mainType: ScalarType? {
    switch self {
    case .fill(_, _, let type), .copy(_, let type), .add(_, let type), .addBias(_, _, let type),
      .columnSum(_, _, _, let type, _), .tokenEmbedding(_, let type), .addPositions(_, let type),
      .addPositionsBackward(_, let type, _), .norm(_, let type), .normBackward(_, _, let type, _),
      .activation(_, _, let type), .activationBackward(_, _, let type), .gatedActivation(_, _, _, let type),
      .gatedActivationBackward(_, _, _, let type), .residualAdd(_, _, _, let type),
      .dropoutBackward(_, _, _, let type), .attention(_, let type), .attentionBackward(_, let type),
      .cachedAttention(_, let type), .rotary(_, _, let type):
      type
    default: nil
    }
  }
}
