import Program
import Quantities

/// One operation of every case, with shapes whose sizes are all different, so that no two can be mistaken for each other.
enum Operations {
  static let dropout = Dropout(probability: 0.1, site: 3, sequence: 5, firstRow: 2)
  static let layerNorm = NormShape(rows: 10, columns: 8, epsilon: 1e-5, bias: true)
  static let rootMeanSquare = NormShape(rows: 10, columns: 8, epsilon: 1e-5, bias: false, centred: false)
  static let attention = AttentionShape(
    batch: 2, sequence: 5, heads: 4, keyValueHeads: 2, headSize: 3, causal: true, dropout: dropout, firstHead: 4)
  static let embedding = EmbeddingShape(rows: 10, columns: 8, vocabulary: 31, first: 31)
  static let positions = PositionShape(rows: 10, columns: 8, positions: 7, sequence: 5, firstRow: 10, dropout: dropout)
  static let rotary = RotaryShape(
    rows: 10, sequence: 5, heads: 4, keyValueHeads: 2, headSize: 6, past: 1,
    frequencies: RotaryFrequencies(
      theta: 500, scaling: .llama3(factor: 8, lowFrequency: 1, highFrequency: 4, originalPositions: 64)))
  static let cached = CachedAttentionShape(new: 3, past: 4, capacity: 9, heads: 4, keyValueHeads: 2, headSize: 3)

  /// - Parameter type: of what is stored; gradients and results are stored in `gradient`.
  static func all(_ type: ScalarType, gradient: ScalarType? = nil) -> [Operation] {
    let gradient = gradient ?? type
    return moves(type, gradient) + embeddings(type, gradient) + norms(type, gradient) + layers(type) + losses(type)
      + ends(type, gradient)
  }

  private static func moves(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    [
      .fill(count: 6, value: 0.5, type), .copy(count: 6, type), .convert(count: 6, from: type, to: gradient),
      .add(count: 6, type),
      .matmul(MatmulShape(m: 2, n: 3, k: 4, transposeB: true, bias: true), type, result: gradient),
      .addBias(rows: 2, columns: 3, type),
      .columnSum(rows: 2, columns: 3, accumulate: true, type, gradient: gradient),
    ]
  }

  private static func embeddings(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    [
      .tokenEmbedding(embedding, type), .tokenEmbeddingBackward(embedding, type, gradient: gradient),
      .addPositions(positions, type), .addPositionsBackward(positions, type, gradient: gradient),
    ]
  }

  private static func norms(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    [layerNorm, rootMeanSquare].flatMap {
      [.norm($0, type), .normBackward($0, accumulate: false, type, gradient: gradient)] as [Operation]
    }
  }

  private static func layers(_ type: ScalarType) -> [Operation] {
    [
      .activation(.gelu, count: 6, type), .activationBackward(.quickGELU, count: 6, type),
      .gatedActivation(.silu, rows: 2, columns: 3, type), .gatedActivationBackward(.silu, rows: 2, columns: 3, type),
      .rotary(rotary, inverse: true, type), .residualAdd(rows: 10, columns: 8, dropout, type),
      .dropoutBackward(rows: 10, columns: 8, dropout, type), .attention(attention, type),
      .attentionBackward(attention, type), .cachedAttention(cached, type),
    ]
  }

  private static func losses(_ type: ScalarType) -> [Operation] {
    [
      .crossEntropy(rows: 10, vocabulary: 31, type), .crossEntropyBackward(rows: 10, vocabulary: 31, first: 31, type),
      .vocabularyMaximum(rows: 10, vocabulary: 31, type),
      .vocabularySums(rows: 10, vocabulary: 31, first: 31, type), .vocabularyLoss(rows: 10, type),
    ]
  }

  private static func ends(_ type: ScalarType, _ gradient: ScalarType) -> [Operation] {
    [
      .squaredNorm(count: 6, type), .sum(count: 6, type), .clipCoefficient(partials: 6, maximum: 1),
      .optimizerStep(.adamw(), count: 6, guarded: true, gradient: gradient, type),
    ]
  }
}
