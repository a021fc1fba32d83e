package import Execution
import Kernels
package import Program
import Quantities

extension HostDevice {
  /// Computes one operation, at once. The executor has checked the operands.
  package func launch(
    _ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream
  ) {
    let (r, w) = (reading.map(region), writing.map(region))
    if operation.involves16Bits { runInPanels(operation, r, w) } else { compute(operation, r, w) }
  }

  /// Computes one operation over fp32, fp64 and int32 values. No other type comes here: panels convert it first.
  func compute(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .fill, .copy, .convert, .add, .residualAdd, .dropoutBackward: move(operation, r, w)
    case .matmul, .addBias, .columnSum: multiply(operation, r, w)
    case .tokenEmbedding, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward: embed(operation, r, w)
    case .norm, .normBackward: normalise(operation, r, w)
    case .activation, .activationBackward, .gatedActivation, .gatedActivationBackward: activate(operation, r, w)
    case .rotary, .attention, .attentionBackward, .cachedAttention: attend(operation, r, w)
    case .crossEntropy, .crossEntropyBackward: lose(operation, r, w)
    case .vocabularyMaximum, .vocabularySums, .vocabularyLoss: loseInParts(operation, r, w)
    case .squaredNorm, .sum, .clipCoefficient: reduce(operation, r, w)
    case .optimizerStep: optimize(operation, r, w)
    }
  }

  private func move(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .fill(let count, let value, let type): fill(type, w[0], count: count, value: value)
    case .copy(let count, let type): copy(from: r[0], to: w[0], byteCount: count * type.size)
    case .convert(let count, let from, let to): convert(from: r[0], from, to: w[0], to, count: count)
    case .add(let count, let type): add(type, r[0], to: w[0], count: count)
    case .residualAdd(let rows, let columns, let dropout, let type):
      residualAdd(type, r[0], r[1], w[0], rows: rows, columns: columns, mask: dropout.map { MaskKey(r[2], $0) })
    case .dropoutBackward(let rows, let columns, let site, let type):
      dropout(type, r[0], w[0], rows: rows, columns: columns, mask: MaskKey(r[1], site))
    default: preconditionFailure("\(operation.name) is no elementwise operation")
    }
  }

  private func multiply(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .matmul(let s, let type, let result):
      requireEqual(type, result, operation)
      matmul(
        type, r[0], r[1], bias: s.bias ? r[2] : nil, w[0], m: s.m, n: s.n, k: s.k, transposeA: s.transposeA,
        transposeB: s.transposeB, accumulate: s.accumulate)
    case .addBias(let rows, let columns, let type): addBias(type, r[0], to: w[0], rows: rows, columns: columns)
    case .columnSum(let rows, let columns, let accumulate, let type, let gradient):
      requireEqual(type, gradient, operation)
      columnSum(type, r[0], w[0], rows: rows, columns: columns, accumulate: accumulate)
    default: preconditionFailure("\(operation.name) is no product")
    }
  }

  /// Loops have one type for all their values; only 16-bit values have results of another, and those are computed in panels.
  func requireEqual(_ type: ScalarType, _ other: ScalarType, _ operation: Operation) {
    precondition(type == other, "\(operation.name) of \(type.rawValue) with \(other.rawValue) has no loop")
  }
}
