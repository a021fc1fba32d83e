package import Quantities

/// Everything a device can be asked to do, as data. Shapes are static; values that change from step to step (seeds, learning
/// rates, clip coefficients) are operands, so that every step is the same program.
///
/// The last argument is the type in which values are stored. Statistics, log-sum-exps and losses are stored in its
/// `accumulation` type; `gradient:` is the type of a weight gradient, which may be wider.
///
/// Letters: `N` rows (tokens), `H` columns (features), `B` batch, `S` sequence, `A` heads, `D` head size, `V` vocabulary.
package enum Operation: Hashable, Sendable, Codable {
  /// y[i] = value.
  case fill(count: Int, value: Double, ScalarType)
  /// y[i] = x[i].
  case copy(count: Int, ScalarType)
  /// y[i] = x[i], rounded to nearest even where `to` is narrower.
  case convert(count: Int, from: ScalarType, to: ScalarType)
  /// y[i] += x[i].
  case add(count: Int, ScalarType)
  /// C[m,n] = op(A)·op(B) (+ C) (+ bias[n] on every row); C may be stored in a type of its own.
  case matmul(MatmulShape, ScalarType, result: ScalarType)
  /// y[N,H] += bias[H] on every row, in place.
  case addBias(rows: Int, columns: Int, ScalarType)
  /// y[H] (+)= Σ over rows of x[N,H]: the gradient of a bias.
  case columnSum(rows: Int, columns: Int, accumulate: Bool, ScalarType, gradient: ScalarType)
  /// y[N,H] = table[V,H] at ids − first; zero where the id is not in this part of the table.
  case tokenEmbedding(EmbeddingShape, ScalarType)
  /// The table's gradient, added to what is there; rows in ascending order, so the sum order is fixed.
  case tokenEmbeddingBackward(EmbeddingShape, ScalarType, gradient: ScalarType)
  /// x[N,H] = dropout(x + table[P,H] at the row's position), in place.
  case addPositions(PositionShape, ScalarType)
  /// dx ← dx ∘ mask / (1 − p) in place, and its rows added to the table's gradient, in ascending order.
  case addPositionsBackward(PositionShape, ScalarType, gradient: ScalarType)
  /// LayerNorm y = (x − mean)·rstd·gain + bias per row, writing mean and rstd [2, N]; or RMSNorm y = x·rstd·gain, writing rstd [N].
  /// Ba et al. 2016, arXiv:1607.06450; Zhang & Sennrich 2019, arXiv:1910.07467.
  case norm(NormShape, ScalarType)
  /// dx (+ residual gradient), and gain and bias gradients (accumulated if asked).
  case normBackward(NormShape, accumulate: Bool, ScalarType, gradient: ScalarType)
  case activation(Activation, count: Int, ScalarType)
  /// dx = dy ∘ f′(x); dx may be dy.
  case activationBackward(Activation, count: Int, ScalarType)
  /// y[N,I] = f(g) ∘ u, where each row of the operand is g[I] | u[I]. Shazeer 2020, arXiv:2002.05202.
  case gatedActivation(Activation, rows: Int, columns: Int, ScalarType)
  /// From dy[N,I] and the packed operand, the packed operand's gradient [N, 2·I].
  case gatedActivationBackward(Activation, rows: Int, columns: Int, ScalarType)
  /// Rotates queries and keys of a packed matrix by their positions, in place; the inverse is the gradient. Su et al. 2021,
  /// arXiv:2104.09864, with halves paired as Hugging Face has them.
  case rotary(RotaryShape, inverse: Bool, ScalarType)
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
  /// Per-row loss and log-sum-exp of logits[N,V] against targets[N]; log-softmax fused and stable. Rows whose target is negative
  /// have no loss.
  case crossEntropy(rows: Int, vocabulary: Int, ScalarType)
  /// logits ← (softmax − one-hot)·scale, in place; scale is an operand of one element. The columns are ids first ..< first + V;
  /// rows whose target is negative become zero.
  case crossEntropyBackward(rows: Int, vocabulary: Int, first: Int, ScalarType)
  /// The largest logit of every row of this part of the vocabulary.
  case vocabularyMaximum(rows: Int, vocabulary: Int, ScalarType)
  /// Σ exp(logit − maximum) [N], and the target's logit [N] where this part of the vocabulary has it, else zero.
  case vocabularySums(rows: Int, vocabulary: Int, first: Int, ScalarType)
  /// From maxima [N] and summed sums [2, N]: per-row loss and log-sum-exp.
  case vocabularyLoss(rows: Int, ScalarType)
  /// One fp64 value: Σ x². Fixed order.
  case squaredNorm(count: Int, ScalarType)
  /// One fp64 value: Σ x in order.
  case sum(count: Int, ScalarType)
  /// From fp64 partial sums of squares of gradients that a loss scale multiplies: the norm without the scale, and the factor
  /// min(1, maximum / (norm + 1e-6)) / scale; maximum 0 means no clipping. Where a sum is not finite, so are both.
  case clipCoefficient(partials: Int, maximum: Double)
  /// One optimizer step on `count` values; reads gradient and [learning rate, step, clip coefficient, loss scale], updates parameter
  /// and state, all of the last type. A guarded step leaves everything as it is where the coefficient is not finite.
  case optimizerStep(OptimizerRule, count: Int, guarded: Bool, gradient: ScalarType, ScalarType)
}
