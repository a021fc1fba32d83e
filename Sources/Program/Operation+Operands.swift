package import Quantities

/// How many values of which type an operation reads and writes, operand by operand; in-place operands appear in `writes` alone.
package struct Operands: Hashable, Sendable {
  package struct Operand: Hashable, Sendable {
    package var count: Int
    package var type: ScalarType
  }
  package var reads: [Operand]
  package var writes: [Operand]

  fileprivate init(_ type: ScalarType, reads: [Int], writes: [Int]) {
    self.reads = reads.map { Operand(count: $0, type: type) }
    self.writes = writes.map { Operand(count: $0, type: type) }
  }

  /// Reads some operand after the others: statistics, token ids, a random key.
  fileprivate func reading(_ count: Int, _ type: ScalarType) -> Operands {
    var result = self
    result.reads.append(Operand(count: count, type: type))
    return result
  }

  fileprivate func writing(_ count: Int, _ type: ScalarType) -> Operands {
    var result = self
    result.writes.append(Operand(count: count, type: type))
    return result
  }

  fileprivate func keyed(_ dropout: Dropout?) -> Operands {
    dropout == nil ? self : reading(randomKeyCount, .int32)
  }
}

/// Int32 values of a random key: seed (2), step, first global sample of the batch.
package let randomKeyCount = 4
/// Values of an optimizer's step operand: learning rate, step (from 1), clip coefficient, loss scale.
package let stepScalarCount = 4

extension Operation {
  /// The operands, in the order in which a launch passes them.
  package var operands: Operands {
    switch self {
    case .fill(let count, _, let type): Operands(type, reads: [], writes: [count])
    case .copy(let count, let type), .add(let count, let type), .activation(_, let count, let type):
      Operands(type, reads: [count], writes: [count])
    case .convert(let count, let from, let to): Operands(from, reads: [count], writes: []).writing(count, to)
    case .activationBackward(_, let count, let type): Operands(type, reads: [count, count], writes: [count])
    case .gatedActivation(_, let rows, let columns, let type):
      Operands(type, reads: [2 * rows * columns], writes: [rows * columns])
    case .gatedActivationBackward(_, let rows, let columns, let type):  // dy, packed → dpacked
      Operands(type, reads: [rows * columns, 2 * rows * columns], writes: [2 * rows * columns])
    case .matmul(let s, let type, let result):
      Operands(type, reads: [s.m * s.k, s.k * s.n] + (s.bias ? [s.n] : []), writes: []).writing(s.m * s.n, result)
    case .addBias(let rows, let columns, let type): Operands(type, reads: [columns], writes: [rows * columns])
    case .columnSum(let rows, let columns, _, let type, let gradient):
      Operands(type, reads: [rows * columns], writes: []).writing(columns, gradient)
    case .residualAdd(let rows, let columns, let dropout, let type):
      Operands(type, reads: [rows * columns, rows * columns], writes: [rows * columns]).keyed(dropout)
    case .dropoutBackward(let rows, let columns, let dropout, let type):
      Operands(type, reads: [rows * columns], writes: [rows * columns]).keyed(dropout)
    case .rotary(let s, _, let type): Operands(type, reads: [], writes: [s.rows * s.packed])
    case .tokenEmbedding, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward: embeddingOperands
    case .norm, .normBackward: normOperands
    case .attention, .attentionBackward, .cachedAttention: attentionOperands
    case .crossEntropy, .crossEntropyBackward, .vocabularyMaximum, .vocabularySums, .vocabularyLoss: lossOperands
    case .squaredNorm(let count, let type), .sum(let count, let type):
      Operands(type, reads: [count], writes: []).writing(1, .float64)
    case .clipCoefficient(let partials, _):  // partial sums, loss scale → norm, coefficient
      Operands(.float64, reads: [partials, 1], writes: [1, 1])
    case .optimizerStep(let rule, let count, _, let gradient, let type):
      Operands(type, reads: [], writes: Array(repeating: count, count: 1 + rule.stateCount))
        .reading(count, gradient).reading(stepScalarCount, .float64)
    }
  }

  private var embeddingOperands: Operands {
    switch self {
    case .tokenEmbedding(let s, let type):
      Operands(type, reads: [s.vocabulary * s.columns], writes: [s.rows * s.columns]).reading(s.rows, .int32)
    case .tokenEmbeddingBackward(let s, let type, let gradient):
      Operands(type, reads: [s.rows * s.columns], writes: []).reading(s.rows, .int32)
        .writing(s.vocabulary * s.columns, gradient)
    case .addPositions(let s, let type):
      Operands(type, reads: [s.positions * s.columns], writes: [s.rows * s.columns]).keyed(s.dropout)
    case .addPositionsBackward(let s, let type, let gradient):
      Operands(type, reads: [], writes: [s.rows * s.columns]).keyed(s.dropout)
        .writing(s.positions * s.columns, gradient)
    default: preconditionFailure("\(name) is no embedding")
    }
  }

  private var normOperands: Operands {
    switch self {
    case .norm(let s, let type):
      Operands(
        type, reads: [s.rows * s.columns, s.columns] + (s.bias ? [s.columns] : []), writes: [s.rows * s.columns]
      ).writing(s.statistics, type.accumulation)
    // dy, residual gradient, x, gain, statistics → dx, dgain (, dbias)
    case .normBackward(let s, _, let type, let gradient):
      Operands(
        type, reads: [s.rows * s.columns, s.rows * s.columns, s.rows * s.columns, s.columns],
        writes: [s.rows * s.columns]
      ).reading(s.statistics, type.accumulation).writingGain(s, gradient)
    default: preconditionFailure("\(name) is no norm")
    }
  }

  private var attentionOperands: Operands {
    switch self {
    case .attention(let s, let type):
      Operands(type, reads: [s.rows * s.packed], writes: [s.rows * s.width])
        .writing(s.batch * s.heads * s.sequence, type.accumulation).keyed(s.dropout)
    case .attentionBackward(let s, let type):  // dy, y, packed, log-sum-exp → dpacked
      Operands(type, reads: [s.rows * s.width, s.rows * s.width, s.rows * s.packed], writes: [s.rows * s.packed])
        .reading(s.batch * s.heads * s.sequence, type.accumulation).keyed(s.dropout)
    case .cachedAttention(let s, let type):
      Operands(type, reads: [s.new * s.packed], writes: [s.new * s.width, s.capacity * s.cacheWidth])
    default: preconditionFailure("\(name) is no attention")
    }
  }

  private var lossOperands: Operands {
    switch self {
    case .crossEntropy(let rows, let vocabulary, let type):  // logits, targets → loss, log-sum-exp
      Operands(type, reads: [rows * vocabulary], writes: []).reading(rows, .int32)
        .writing(rows, type.accumulation).writing(rows, type.accumulation)
    case .crossEntropyBackward(let rows, let vocabulary, _, let type):  // log-sum-exp, scale, targets → logits
      Operands(type.accumulation, reads: [rows, 1], writes: []).reading(rows, .int32).writing(rows * vocabulary, type)
    case .vocabularyMaximum(let rows, let vocabulary, let type):
      Operands(type, reads: [rows * vocabulary], writes: []).writing(rows, type.accumulation)
    case .vocabularySums(let rows, let vocabulary, _, let type):  // logits, maxima, targets → sums
      Operands(type, reads: [rows * vocabulary], writes: []).reading(rows, type.accumulation).reading(rows, .int32)
        .writing(2 * rows, type.accumulation)
    case .vocabularyLoss(let rows, let type):  // maxima, sums, targets → loss, log-sum-exp
      Operands(type.accumulation, reads: [rows, 2 * rows], writes: [rows, rows]).reading(rows, .int32)
    default: preconditionFailure("\(name) is no loss")
    }
  }
}

extension Operands {
  fileprivate func writingGain(_ shape: NormShape, _ type: ScalarType) -> Operands {
    let gain = writing(shape.columns, type)
    return shape.bias ? gain.writing(shape.columns, type) : gain
  }
}
