/// C[m,n] (+)= op(A)[m,k]·op(B)[k,n] (+ bias[n]).
package struct MatmulShape: Hashable, Sendable, Codable {
  package var m, n, k: Int
  package var transposeA, transposeB: Bool
  package var accumulate, bias: Bool

  package init(
    m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false, accumulate: Bool = false,
    bias: Bool = false
  ) {
    (self.m, self.n, self.k) = (m, n, k)
    (self.transposeA, self.transposeB) = (transposeA, transposeB)
    (self.accumulate, self.bias) = (accumulate, bias)
  }
}

/// A place where values are dropped. The mask depends on (seed, step, site, global sample, position, feature or head) alone: no
/// layout, micro-batching or recomputation changes it.
package struct Dropout: Hashable, Sendable, Codable {
  package var probability: Double
  /// Which dropout of the model this is, the same on every layout.
  package var site: Int
  /// Rows of one sample.
  package var sequence: Int
  /// Rows of the micro-batch that come before the operand's first: other ranks hold them under sequence parallelism.
  package var firstRow: Int

  package init(probability: Double, site: Int, sequence: Int, firstRow: Int = 0) {
    (self.probability, self.site, self.sequence, self.firstRow) = (probability, site, sequence, firstRow)
  }
}

/// A part of a token table: `vocabulary` rows, of which the first belongs to token `first`.
package struct EmbeddingShape: Hashable, Sendable, Codable {
  package var rows, columns, vocabulary, first: Int

  package init(rows: Int, columns: Int, vocabulary: Int, first: Int = 0) {
    (self.rows, self.columns, self.vocabulary, self.first) = (rows, columns, vocabulary, first)
  }
}

/// Rows of a micro-batch, the first of which is its row `firstRow`, over a position table. Row r has position r mod sequence.
package struct PositionShape: Hashable, Sendable, Codable {
  package var rows, columns, positions, sequence, firstRow: Int
  package var dropout: Dropout?

  package init(rows: Int, columns: Int, positions: Int, sequence: Int, firstRow: Int = 0, dropout: Dropout? = nil) {
    (self.rows, self.columns, self.positions) = (rows, columns, positions)
    (self.sequence, self.firstRow, self.dropout) = (sequence, firstRow, dropout)
  }
}

package struct NormShape: Hashable, Sendable, Codable {
  package var rows, columns: Int
  package var epsilon: Double
  package var bias: Bool
  /// Whether the mean is taken away first: LayerNorm does, RMSNorm does not.
  package var centred: Bool

  package init(rows: Int, columns: Int, epsilon: Double, bias: Bool, centred: Bool = true) {
    (self.rows, self.columns, self.epsilon, self.bias, self.centred) = (rows, columns, epsilon, bias, centred)
  }

  /// Values kept of all rows: mean and reciprocal deviation, or the latter alone.
  package var statistics: Int { centred ? 2 * rows : rows }
}

/// Heads read their queries, keys and values from one packed matrix [B·S, (A + 2·Akv)·D].
package struct AttentionShape: Hashable, Sendable, Codable {
  package var batch, sequence, heads, keyValueHeads, headSize: Int
  package var causal: Bool
  package var dropout: Dropout?
  /// Heads of the model that come before the first of these: other ranks hold them under tensor parallelism.
  package var firstHead: Int

  package init(
    batch: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, causal: Bool, dropout: Dropout? = nil,
    firstHead: Int = 0
  ) {
    (self.batch, self.sequence, self.heads) = (batch, sequence, heads)
    (self.keyValueHeads, self.headSize) = (keyValueHeads, headSize)
    (self.causal, self.dropout, self.firstHead) = (causal, dropout, firstHead)
  }

  /// Columns of the packed matrix.
  package var packed: Int { (heads + 2 * keyValueHeads) * headSize }
  package var rows: Int { batch * sequence }
  package var width: Int { heads * headSize }
}

/// `new` tokens of one sequence, after `past` tokens that the cache [capacity, 2·Akv·D] holds.
package struct CachedAttentionShape: Hashable, Sendable, Codable {
  package var new, past, capacity, heads, keyValueHeads, headSize: Int

  package init(new: Int, past: Int, capacity: Int, heads: Int, keyValueHeads: Int, headSize: Int) {
    (self.new, self.past, self.capacity) = (new, past, capacity)
    (self.heads, self.keyValueHeads, self.headSize) = (heads, keyValueHeads, headSize)
  }

  package var packed: Int { (heads + 2 * keyValueHeads) * headSize }
  package var width: Int { heads * headSize }
  package var cacheWidth: Int { 2 * keyValueHeads * headSize }
}
