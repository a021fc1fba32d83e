package import Quantities

extension Operation {
  /// Floating-point operations, a multiply-add as two. Matrix products exactly; causal attention counts the scores that are
  /// computed for the mask's lower triangle, diagonal included; elementwise work counts one operation a value and a named few
  /// where a function is evaluated.
  package var flops: FLOPCount {
    switch self {
    case .fill, .copy, .tokenEmbedding: .zero
    case .convert(let count, _, _): FLOPCount(count)
    case .add(let count, _), .sum(let count, _): FLOPCount(count)
    case .matmul(let s, _, _): FLOPCount(2 * s.m * s.n * s.k)
    case .addBias(let rows, let columns, _): FLOPCount(rows * columns)
    case .columnSum(let rows, let columns, _, _, _): FLOPCount(rows * columns)
    case .tokenEmbeddingBackward(let s, _, _): FLOPCount(s.rows * s.columns)
    case .addPositions(let s, _): FLOPCount(s.rows * s.columns)
    case .addPositionsBackward(let s, _, _): FLOPCount(s.rows * s.columns)
    case .norm(let s, _): FLOPCount((s.centred ? 7 : 4) * s.rows * s.columns)
    case .normBackward(let s, _, _, _): FLOPCount((s.centred ? 12 : 9) * s.rows * s.columns)
    case .activation(_, let count, _): FLOPCount(8 * count)
    case .activationBackward(_, let count, _): FLOPCount(12 * count)
    case .gatedActivation(_, let rows, let columns, _): FLOPCount(9 * rows * columns)
    case .gatedActivationBackward(_, let rows, let columns, _): FLOPCount(15 * rows * columns)
    case .rotary(let s, _, _): FLOPCount(3 * s.rows * (s.heads + s.keyValueHeads) * s.headSize)
    case .residualAdd(let rows, let columns, _, _): FLOPCount(rows * columns)
    case .dropoutBackward(let rows, let columns, _, _): FLOPCount(rows * columns)
    case .attention(let s, _): FLOPCount(4 * s.scores * s.headSize)
    case .attentionBackward(let s, _): FLOPCount(10 * s.scores * s.headSize)
    case .cachedAttention(let s, _): FLOPCount(4 * s.heads * s.headSize * s.new * (2 * s.past + s.new + 1) / 2)
    case .crossEntropy(let rows, let vocabulary, _): FLOPCount(3 * rows * vocabulary)
    case .crossEntropyBackward(let rows, let vocabulary, _, _): FLOPCount(3 * rows * vocabulary)
    case .vocabularyMaximum(let rows, let vocabulary, _): FLOPCount(rows * vocabulary)
    case .vocabularySums(let rows, let vocabulary, _, _): FLOPCount(2 * rows * vocabulary)
    case .vocabularyLoss(let rows, _): FLOPCount(3 * rows)
    case .squaredNorm(let count, _): FLOPCount(2 * count)
    case .clipCoefficient(let partials, _): FLOPCount(partials)
    case .optimizerStep(let rule, let count, _, _, _): FLOPCount((4 + 5 * rule.stateCount) * count)
    }
  }

  /// Bytes that the operands occupy: the least that any device must move.
  package var bytesRead: ByteCount { operands.reads.reduce(.zero) { $0 + ByteCount($1.count, of: $1.type) } }
  package var bytesWritten: ByteCount { operands.writes.reduce(.zero) { $0 + ByteCount($1.count, of: $1.type) } }

  /// The operation's family: a stable word for tables and totals.
  package var name: String {
    switch self {
    case .fill: "fill"
    case .copy: "copy"
    case .convert: "convert"
    case .add: "add"
    case .matmul: "matmul"
    case .addBias: "add-bias"
    case .columnSum: "column-sum"
    case .tokenEmbedding: "token-embedding"
    case .tokenEmbeddingBackward: "token-embedding-backward"
    case .addPositions: "add-positions"
    case .addPositionsBackward: "add-positions-backward"
    case .norm(let s, _): s.centred ? "layer-norm" : "rms-norm"
    case .normBackward(let s, _, _, _): s.centred ? "layer-norm-backward" : "rms-norm-backward"
    case .activation: "activation"
    case .activationBackward: "activation-backward"
    case .gatedActivation: "gated-activation"
    case .gatedActivationBackward: "gated-activation-backward"
    case .rotary: "rotary"
    case .residualAdd: "residual-add"
    case .dropoutBackward: "dropout-backward"
    case .attention: "attention"
    case .attentionBackward: "attention-backward"
    case .cachedAttention: "cached-attention"
    case .crossEntropy: "cross-entropy"
    case .crossEntropyBackward: "cross-entropy-backward"
    case .vocabularyMaximum: "vocabulary-maximum"
    case .vocabularySums: "vocabulary-sums"
    case .vocabularyLoss: "vocabulary-loss"
    case .squaredNorm: "squared-norm"
    case .sum: "sum"
    case .clipCoefficient: "clip-coefficient"
    case .optimizerStep: "optimizer-step"
    }
  }
}

extension AttentionShape {
  /// Query-key pairs that are attended to, over batch and heads.
  package var scores: Int { batch * heads * (causal ? sequence * (sequence + 1) / 2 : sequence * sequence) }
}
