import Program
import Quantities

/// One operation of every case, with shapes whose sizes are all different, so that no two can be mistaken for each other.
enum Operations {
  static let dropout = Dropout(probability: 0.1, site: 3, sequence: 5)
  static let norm = NormShape(rows: 10, columns: 8, epsilon: 1e-5, bias: true)
  static let attention = AttentionShape(
    batch: 2, sequence: 5, heads: 4, keyValueHeads: 2, headSize: 3, causal: true, dropout: dropout)
  static let embedding = EmbeddingShape(
    rows: 10, columns: 8, vocabulary: 31, positions: 7, sequence: 5, dropout: dropout)
  static let cached = CachedAttentionShape(new: 3, past: 4, capacity: 9, heads: 4, keyValueHeads: 2, headSize: 3)

  static func all(_ type: ScalarType) -> [Operation] {
    moves(type) + layers(type) + [
      .squaredNorm(count: 6, type), .sum(count: 6, type), .clipCoefficient(partials: 6, maximum: 1),
      .optimizerStep(.adamw(), count: 6, type), .optimizerStep(.sgd(), count: 6, type),
    ]
  }

  private static func moves(_ type: ScalarType) -> [Operation] {
    [
      .fill(count: 6, value: 0.5, type), .copy(count: 6, type), .add(count: 6, type),
      .matmul(MatmulShape(m: 2, n: 3, k: 4, transposeB: true, bias: true), type),
      .columnSum(rows: 2, columns: 3, accumulate: true, type),
    ]
  }

  private static func layers(_ type: ScalarType) -> [Operation] {
    [
      .embedding(embedding, type), .embeddingBackward(embedding, type), .layerNorm(norm, type),
      .layerNormBackward(norm, accumulate: false, type), .activation(.gelu, count: 6, type),
      .activationBackward(.quickGELU, count: 6, type), .residualAdd(rows: 10, columns: 8, dropout, type),
      .residualAdd(rows: 10, columns: 8, nil, type), .dropoutBackward(rows: 10, columns: 8, dropout, type),
      .attention(attention, type), .attentionBackward(attention, type), .cachedAttention(cached, type),
      .crossEntropy(rows: 10, vocabulary: 31, type), .crossEntropyBackward(rows: 10, vocabulary: 31, type),
    ]
  }
}
