package import Program
package import Quantities

/// Bytes that cross between DRAM and the chip.
package struct Traffic: Hashable, Sendable {
  package var read, written: ByteCount

  package init(read: ByteCount, written: ByteCount) { (self.read, self.written) = (read, written) }
  init(read: Int = 0, written: Int = 0) { self.init(read: ByteCount(read), written: ByteCount(written)) }

  package var total: ByteCount { read + written }

  package static func + (a: Self, b: Self) -> Self { Traffic(read: a.read + b.read, written: a.written + b.written) }
}

extension Operation {
  /// What one perfect pass moves: every operand once, an operand that is updated in place once each way (`operands` lists it among
  /// the writes alone), and of what is merely indexed (tables, caches, the values beside rotated queries and keys) only the rows
  /// that are touched. Never less than `bytesRead + bytesWritten` where nothing is indexed.
  package var traffic: Traffic {
    switch self {
    case .fill, .copy, .convert, .norm, .activation, .activationBackward, .gatedActivation, .gatedActivationBackward,
      .residualAdd, .dropoutBackward, .attention, .attentionBackward, .crossEntropy, .vocabularyMaximum,
      .vocabularySums, .vocabularyLoss, .squaredNorm, .sum, .clipCoefficient:
      operandTraffic
    case .add(let count, let type): updating(count, type)
    case .addBias(let rows, let columns, let type): updating(rows * columns, type)
    case .matmul(let s, _, let result): updating(s.accumulate ? s.m * s.n : 0, result)
    case .columnSum(_, let columns, let accumulate, _, let gradient): updating(accumulate ? columns : 0, gradient)
    case .normBackward(let s, let accumulate, _, let gradient):
      updating(accumulate ? s.vectors * s.columns : 0, gradient)
    case .crossEntropyBackward(let rows, let vocabulary, _, let type): updating(rows * vocabulary, type)
    case .optimizerStep(let rule, let count, _, _, let type): updating((1 + rule.stateCount) * count, type)
    case .rotary(let s, _, let type): Traffic.inPlace(s.rotated, type)
    case .cachedAttention(let s, let type):
      Traffic(
        read: (s.new * s.packed + s.past * s.cacheWidth) * type.size,
        written: s.new * (s.width + s.cacheWidth) * type.size)
    case .tokenEmbedding, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward: tableTraffic
    }
  }

  private var operandTraffic: Traffic { Traffic(read: bytesRead, written: bytesWritten) }

  private func updating(_ count: Int, _ type: ScalarType) -> Traffic {
    operandTraffic + Traffic(read: count * type.size)
  }

  private var tableTraffic: Traffic {
    switch self {
    case .tokenEmbedding(let s, let type):
      Traffic(read: s.touched * type.size + s.idBytes, written: s.rows * s.columns * type.size)
    case .tokenEmbeddingBackward(let s, let type, let gradient):
      Traffic(read: s.rows * s.columns * type.size + s.idBytes) + .inPlace(s.touched, gradient)
    case .addPositions(let s, let type):
      .inPlace(s.rows * s.columns, type) + Traffic(read: s.touched * type.size + s.keyBytes)
    case .addPositionsBackward(let s, let type, let gradient):  // Without dropout dx stays as it is.
      .inPlace(s.touched, gradient)
        + Traffic(
          read: s.rows * s.columns * type.size + s.keyBytes,
          written: s.dropout == nil ? 0 : s.rows * s.columns * type.size)
    default: preconditionFailure("\(name) has no table")
    }
  }
}

extension Traffic {
  static func inPlace(_ count: Int, _ type: ScalarType) -> Traffic {
    Traffic(read: count * type.size, written: count * type.size)
  }
}

extension EmbeddingShape {
  /// Values of the rows of the table that tokens name, if all differ.
  var touched: Int { min(rows, vocabulary) * columns }
  fileprivate var idBytes: Int { rows * ScalarType.int32.size }
}

extension PositionShape {
  /// Values of the rows of the table that positions name.
  var touched: Int { min(rows, sequence, positions) * columns }
  fileprivate var keyBytes: Int { dropout == nil ? 0 : randomKeyCount * ScalarType.int32.size }
}

extension NormShape {
  /// Gain, and bias if there is one.
  var vectors: Int { bias ? 2 : 1 }
  var values: Int { rows * columns }
}

extension RotaryShape {
  /// Values of queries and keys.
  var rotated: Int { rows * (heads + keyValueHeads) * headSize }
}
