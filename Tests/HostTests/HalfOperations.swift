import Program
import Quantities

/// Operations of every kind, larger than a panel, by the types of their values and of their gradients.
enum HalfOperations {
  typealias Build = [Program.Operation]
  static let (rows, columns, count) = (50, 900, 40_003)
  static let dropout = Dropout(probability: 0.3, site: 3, sequence: 40, firstRow: 10)

  /// Those whose panels give what the whole gives, to the last bit.
  static func exact(_ t: ScalarType, gradient g: ScalarType) -> Build {
    moves(t) + elementwise(t) + rowwise(t, g) + embeddings(t, g) + norms(t, g) + attention(t) + losses(t)
      + optimizers(t)
  }

  private static func moves(_ t: ScalarType) -> Build {
    [.fill(count: count, value: 0.3, t), .copy(count: count, t), .add(count: count, t)]
  }

  private static func elementwise(_ t: ScalarType) -> Build {
    [Activation.relu, .gelu, .geluTanh, .silu, .quickGELU].flatMap { f -> Build in
      [
        .activation(f, count: count, t), .activationBackward(f, count: count, t),
        .gatedActivation(f, rows: rows, columns: columns, t),
        .gatedActivationBackward(f, rows: rows, columns: columns, t),
      ]
    }
  }

  private static func rowwise(_ t: ScalarType, _ g: ScalarType) -> Build {
    [
      .addBias(rows: rows, columns: columns, t),
      .columnSum(rows: rows, columns: columns, accumulate: false, t, gradient: g),
      .columnSum(rows: rows, columns: columns, accumulate: true, t, gradient: g),
      .residualAdd(rows: rows, columns: columns, nil, t), .residualAdd(rows: rows, columns: columns, dropout, t),
      .dropoutBackward(rows: rows, columns: columns, dropout, t),
      .rotary(rotary(rows: 600, sequence: 100, past: 0), inverse: false, t),
      .rotary(rotary(rows: 1400, sequence: 700, past: 0), inverse: true, t),
      .rotary(rotary(rows: 300, sequence: 300, past: 17), inverse: false, t),
    ]
  }

  private static func rotary(rows: Int, sequence: Int, past: Int) -> RotaryShape {
    RotaryShape(
      rows: rows, sequence: sequence, heads: 12, keyValueHeads: 2, headSize: 64, past: past,
      frequencies: RotaryFrequencies())
  }

  private static func embeddings(_ t: ScalarType, _ g: ScalarType) -> Build {
    let table = EmbeddingShape(rows: rows, columns: columns, vocabulary: 12, first: 5)
    return [.tokenEmbedding(table, t), .tokenEmbeddingBackward(table, t, gradient: g)]
      + [nil, dropout].flatMap { dropout -> Build in
        let positions = PositionShape(
          rows: rows, columns: columns, positions: 45, sequence: 40, firstRow: 10, dropout: dropout)
        return [.addPositions(positions, t), .addPositionsBackward(positions, t, gradient: g)]
      }
  }

  private static func norms(_ t: ScalarType, _ g: ScalarType) -> Build {
    [(true, true), (false, true), (false, false)].flatMap { bias, centred -> Build in
      let shape = NormShape(rows: rows, columns: columns, epsilon: 1e-5, bias: bias, centred: centred)
      return [
        .norm(shape, t), .normBackward(shape, accumulate: false, t, gradient: g),
        .normBackward(shape, accumulate: true, t, gradient: g),
      ]
    }
  }

  private static func attention(_ t: ScalarType) -> Build {
    let cached = CachedAttentionShape(new: 3, past: 4, capacity: 9, heads: 4, keyValueHeads: 2, headSize: 16)
    return [.cachedAttention(cached, t)]
      + [nil, Dropout(probability: 0.3, site: 3, sequence: 40)].flatMap { dropout -> Build in
        let shape = AttentionShape(
          batch: 7, sequence: 40, heads: 4, keyValueHeads: 2, headSize: 16, causal: true, dropout: dropout,
          firstHead: 4)
        return [.attention(shape, t), .attentionBackward(shape, t)]
      }
  }

  private static func losses(_ t: ScalarType) -> Build {
    [
      .crossEntropy(rows: rows, vocabulary: columns, t),
      .crossEntropyBackward(rows: rows, vocabulary: columns, first: 0, t),
      .crossEntropyBackward(rows: rows, vocabulary: columns, first: 9, t),
      .vocabularyMaximum(rows: rows, vocabulary: columns, t),
      .vocabularySums(rows: rows, vocabulary: columns, first: 9, t), .vocabularyLoss(rows: rows, t),
      .crossEntropy(rows: 3, vocabulary: 20_000, t),
    ]
  }

  /// Parameter and states are fp32 always.
  private static func optimizers(_ t: ScalarType) -> Build {
    [
      .optimizerStep(.adamw(), count: count, guarded: false, gradient: t, .float32),
      .optimizerStep(.sgd(), count: count, guarded: true, gradient: t, .float32),
    ]
  }

  /// Products with one dimension above a block, in every arrangement; those of coarse values are exact.
  static func products(_ t: ScalarType, result: ScalarType) -> Build {
    [(1030, 300, 40), (30, 2060, 40), (30, 40, 2070), (7, 5, 3)].flatMap { m, n, k in
      (0..<16).map { bits in
        let shape = MatmulShape(
          m: m, n: n, k: k, transposeA: bits & 1 > 0, transposeB: bits & 2 > 0, accumulate: bits & 4 > 0,
          bias: bits & 8 > 0)
        return .matmul(shape, t, result: result)
      }
    }
  }

  static func totals(_ t: ScalarType) -> Build { [.squaredNorm(count: count, t), .sum(count: count, t)] }
}
