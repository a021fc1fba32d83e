package import Quantities

/// Everything a device can be asked to do, as data. Shapes are static; values that change from step to step (seeds, learning
/// rates, clip coefficients) are operands, so that every step is the same program.
///
/// Letters: `N` rows (tokens), `H` columns (features), `B` batch, `S` sequence, `A` heads, `D` head size, `V` vocabulary.
package enum Operation: Hashable, Sendable, Codable {
  /// y[i] = value.
  case fill(count: Int, value: Double, ScalarType)
  /// y[i] = x[i].
  case copy(count: Int, ScalarType)
  /// y[i] += x[i].
  case add(count: Int, ScalarType)
  /// C[m,n] = op(A)·op(B) (+ C) (+ bias[n] on every row).
  case matmul(MatmulShape, ScalarType)
  /// y[H] (+)= Σ over rows of x[N,H]: the gradient of a bias.
  case columnSum(rows: Int, columns: Int, accumulate: Bool, ScalarType)
  /// y[N,H] = dropout(token table[V,H] at tokens + position table[P,H] at positions).
  case embedding(EmbeddingShape, ScalarType)
  /// The gradients of both tables, added to what is there; rows in ascending order, so the sum order is fixed.
  case embeddingBackward(EmbeddingShape, ScalarType)
  /// y = (x − mean)·rstd·gain + bias per row; writes mean and rstd [N] too. Ba et al. 2016, arXiv:1607.06450.
  case layerNorm(NormShape, ScalarType)
  /// dx (+ residual gradient), and gain and bias gradients (accumulated if asked).
  case layerNormBackward(NormShape, accumulate: Bool, ScalarType)
  case activation(Activation, count: Int, ScalarType)
  /// dx = dy ∘ f′(x); dx may be dy.
  case activationBackward(Activation, count: Int, ScalarType)
  /// y = residual + dropout(x).
  case residualAdd(rows: Int, columns: Int, Dropout?, ScalarType)
  /// dx = dy ∘ mask / (1 − p).
  case dropoutBackward(rows: Int, columns: Int, Dropout, ScalarType)
  /// Fused softmax attention in cache-sized blocks: no S×S matrix is kept, only the log-sum-exp of every row.
  /// Dao et al. 2022, arXiv:2205.14135.
  case attention(AttentionShape, ScalarType)
  case attentionBackward(AttentionShape, ScalarType)
  /// Attention of new tokens over a key-value cache, which it extends.
  case cachedAttention(CachedAttentionShape, ScalarType)
  /// Per-row loss and log-sum-exp of logits[N,V] against targets[N]; log-softmax fused and stable.
  case crossEntropy(rows: Int, vocabulary: Int, ScalarType)
  /// logits ← (softmax − one-hot)·scale, in place; scale is an operand of one element.
  case crossEntropyBackward(rows: Int, vocabulary: Int, ScalarType)
  /// One fp64 value: Σ x². Fixed order.
  case squaredNorm(count: Int, ScalarType)
  /// One fp64 value: Σ x in order.
  case sum(count: Int, ScalarType)
  /// From fp64 partial sums of squares: the norm, and min(1, maximum / (norm + 1e-6)); maximum 0 means no clipping.
  case clipCoefficient(partials: Int, maximum: Double)
  /// One optimizer step on `count` values; reads gradient and [learning rate, step, clip coefficient], updates parameter and state.
  case optimizerStep(OptimizerRule, count: Int, ScalarType)
}

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

/// A place where values are dropped. The mask depends on (seed, step, site, global sample, position, feature) alone: no layout,
/// micro-batching or recomputation changes it.
package struct Dropout: Hashable, Sendable, Codable {
  package var probability: Double
  /// Which dropout of the model this is, the same on every layout.
  package var site: Int
  /// Rows of one sample.
  package var sequence: Int

  package init(probability: Double, site: Int, sequence: Int) {
    (self.probability, self.site, self.sequence) = (probability, site, sequence)
  }
}

package struct EmbeddingShape: Hashable, Sendable, Codable {
  /// Tokens, features, rows of the token table, rows of the position table, tokens of one sample.
  package var rows, columns, vocabulary, positions, sequence: Int
  package var dropout: Dropout?

  package init(rows: Int, columns: Int, vocabulary: Int, positions: Int, sequence: Int, dropout: Dropout?) {
    (self.rows, self.columns, self.vocabulary) = (rows, columns, vocabulary)
    (self.positions, self.sequence, self.dropout) = (positions, sequence, dropout)
  }
}

package struct NormShape: Hashable, Sendable, Codable {
  package var rows, columns: Int
  package var epsilon: Double
  package var bias: Bool

  package init(rows: Int, columns: Int, epsilon: Double, bias: Bool) {
    (self.rows, self.columns, self.epsilon, self.bias) = (rows, columns, epsilon, bias)
  }
}

/// Heads read their queries, keys and values from one packed matrix [B·S, (A + 2·Akv)·D].
package struct AttentionShape: Hashable, Sendable, Codable {
  package var batch, sequence, heads, keyValueHeads, headSize: Int
  package var causal: Bool
  package var dropout: Dropout?

  package init(
    batch: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, causal: Bool, dropout: Dropout? = nil
  ) {
    (self.batch, self.sequence, self.heads) = (batch, sequence, heads)
    (self.keyValueHeads, self.headSize) = (keyValueHeads, headSize)
    (self.causal, self.dropout) = (causal, dropout)
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
