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

  /// Reads some int32 operand after the others: token ids, or a random key.
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
}

/// Int32 values of a random key: seed (2), step, first global sample of the batch.
package let randomKeyCount = 4
/// Values of an optimizer's step operand: learning rate, step (from 1), clip coefficient.
package let stepScalarCount = 3

extension Operation {
  /// The operands, in the order in which a launch passes them.
  package var operands: Operands {
    switch self {
    case .fill(let count, _, let type): Operands(type, reads: [], writes: [count])
    case .copy(let count, let type), .add(let count, let type), .activation(_, let count, let type):
      Operands(type, reads: [count], writes: [count])
    case .activationBackward(_, let count, let type): Operands(type, reads: [count, count], writes: [count])
    case .matmul(let s, let type):
      Operands(type, reads: [s.m * s.k, s.k * s.n] + (s.bias ? [s.n] : []), writes: [s.m * s.n])
    case .columnSum(let rows, let columns, _, let type):
      Operands(type, reads: [rows * columns], writes: [columns])
    case .embedding(let s, let type):
      Operands(type, reads: [s.vocabulary * s.columns, s.positions * s.columns], writes: [s.rows * s.columns])
        .reading(s.rows, .int32).keyed(s.dropout)
    case .embeddingBackward(let s, let type):
      Operands(type, reads: [s.rows * s.columns], writes: [s.vocabulary * s.columns, s.positions * s.columns])
        .reading(s.rows, .int32).keyed(s.dropout)
    case .layerNorm(let s, let type):
      Operands(
        type, reads: [s.rows * s.columns, s.columns] + (s.bias ? [s.columns] : []),
        writes: [s.rows * s.columns, 2 * s.rows])
    case .layerNormBackward(let s, _, let type):  // dy, residual gradient, x, statistics, gain → dx, dgain (, dbias)
      Operands(
        type, reads: [s.rows * s.columns, s.rows * s.columns, s.rows * s.columns, 2 * s.rows, s.columns],
        writes: [s.rows * s.columns, s.columns] + (s.bias ? [s.columns] : []))
    case .residualAdd(let rows, let columns, let dropout, let type):
      Operands(type, reads: [rows * columns, rows * columns], writes: [rows * columns]).keyed(dropout)
    case .dropoutBackward(let rows, let columns, let dropout, let type):
      Operands(type, reads: [rows * columns], writes: [rows * columns]).keyed(dropout)
    case .attention(let s, let type):
      Operands(type, reads: [s.rows * s.packed], writes: [s.rows * s.width, s.batch * s.heads * s.sequence])
        .keyed(s.dropout)
    case .attentionBackward(let s, let type):  // dy, y, packed, log-sum-exp → dpacked
      Operands(
        type,
        reads: [s.rows * s.width, s.rows * s.width, s.rows * s.packed, s.batch * s.heads * s.sequence],
        writes: [s.rows * s.packed]
      ).keyed(s.dropout)
    case .cachedAttention(let s, let type):
      Operands(type, reads: [s.new * s.packed], writes: [s.new * s.width, s.capacity * s.cacheWidth])
    case .crossEntropy(let rows, let vocabulary, let type):
      Operands(type, reads: [rows * vocabulary], writes: [rows, rows]).reading(rows, .int32)
    case .crossEntropyBackward(let rows, let vocabulary, let type):
      Operands(type, reads: [rows, 1], writes: [rows * vocabulary]).reading(rows, .int32)
    case .squaredNorm(let count, let type), .sum(let count, let type):
      Operands(type, reads: [count], writes: []).writing(1, .float64)
    case .clipCoefficient(let partials, _):
      Operands(.float64, reads: [partials], writes: [1, 1])
    case .optimizerStep(let rule, let count, let type):
      Operands(type, reads: [count], writes: Array(repeating: count, count: 1 + rule.stateCount))
        .reading(stepScalarCount, .float64)
    }
  }
}

extension Operands {
  fileprivate func keyed(_ dropout: Dropout?) -> Operands {
    dropout == nil ? self : reading(randomKeyCount, .int32)
  }
}
