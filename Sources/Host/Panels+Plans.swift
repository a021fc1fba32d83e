import Program
import Quantities

extension PanelPlan {
  /// The plan of an operation whose panels are all alike.
  init(_ operation: Operation) {
    switch operation {
    case .activation, .activationBackward, .gatedActivation, .gatedActivationBackward, .optimizerStep:
      self.init(elementwise: operation)
    case .addBias, .columnSum, .residualAdd, .dropoutBackward, .rotary: self.init(rows: operation)
    case .tokenEmbeddingBackward, .addPositions, .addPositionsBackward: self.init(embedding: operation)
    case .norm, .normBackward: self.init(norm: operation)
    case .attention, .attentionBackward: self.init(attention: operation)
    case .crossEntropy, .crossEntropyBackward, .vocabularyMaximum, .vocabularySums, .vocabularyLoss:
      self.init(loss: operation)
    case .fill, .copy, .convert, .add, .matmul, .tokenEmbedding, .cachedAttention, .squaredNorm, .sum, .clipCoefficient:
      preconditionFailure("\(operation.name) is not cut into panels that are all alike")
    }
  }

  private init(elementwise operation: Operation) {
    switch operation {
    case .activation(let f, let count, _):
      self.init(count, reads: [.each(1)], writes: [.each(1)]) { range, _ in
        .activation(f, count: range.count, .float32)
      }
    case .activationBackward(let f, let count, _):
      self.init(count, reads: [.each(1), .each(1)], writes: [.each(1)]) { range, _ in
        .activationBackward(f, count: range.count, .float32)
      }
    case .gatedActivation(let f, let rows, let columns, _):
      self.init(rows, reads: [.each(2 * columns)], writes: [.each(columns)]) { range, _ in
        .gatedActivation(f, rows: range.count, columns: columns, .float32)
      }
    case .gatedActivationBackward(let f, let rows, let columns, _):
      self.init(rows, reads: [.each(columns), .each(2 * columns)], writes: [.each(2 * columns)]) { range, _ in
        .gatedActivationBackward(f, rows: range.count, columns: columns, .float32)
      }
    case .optimizerStep(let rule, let count, let guarded, _, _):
      self.init(
        count, reads: [.each(1), .whole(stepScalarCount)],
        writes: Array(repeating: .inPlace(1), count: 1 + rule.stateCount)
      ) { range, _ in
        .optimizerStep(rule, count: range.count, guarded: guarded, gradient: .float32, .float32)
      }
    default: preconditionFailure("\(operation.name) is not elementwise")
    }
  }

  private init(rows operation: Operation) {
    switch operation {
    case .addBias(let rows, let columns, _):
      self.init(rows, reads: [.whole(columns)], writes: [.inPlace(columns)]) { range, _ in
        .addBias(rows: range.count, columns: columns, .float32)
      }
    case .columnSum(let rows, let columns, let accumulate, _, _):
      self.init(
        rows, reads: [.each(columns)], writes: [.sum(columns, startsFromMemory: accumulate)]
      ) { range, first in
        .columnSum(
          rows: range.count, columns: columns, accumulate: accumulate || !first, .float32, gradient: .float32)
      }
    case .residualAdd(let rows, let columns, let dropout, _):
      self.init(rows, reads: [.each(columns), .each(columns)] + keySlices(dropout), writes: [.each(columns)]) {
        range, _ in
        .residualAdd(rows: range.count, columns: columns, dropout?.advanced(by: range.lowerBound), .float32)
      }
    case .dropoutBackward(let rows, let columns, let dropout, _):
      self.init(rows, reads: [.each(columns)] + keySlices(dropout), writes: [.each(columns)]) { range, _ in
        .dropoutBackward(rows: range.count, columns: columns, dropout.advanced(by: range.lowerBound), .float32)
      }
    case .rotary(let s, let inverse, _):
      // Sixteen times the values: every panel computes the cosines of its positions.
      self.init(
        s.rows, boundary: s.sequence, values: 16 * panelValues, reads: [], writes: [.inPlace(s.packed)]
      ) { range, _ in
        var part = s
        part.rows = range.count
        part.past += range.lowerBound % s.sequence
        return .rotary(part, inverse: inverse, .float32)
      }
    default: preconditionFailure("\(operation.name) is not cut into rows")
    }
  }

  private init(embedding operation: Operation) {
    switch operation {
    case .tokenEmbeddingBackward(let s, _, _):
      self.init(
        s.rows, reads: [.each(s.columns), .each(1)],
        writes: [.sum(s.vocabulary * s.columns, startsFromMemory: true)]
      ) { range, _ in
        var part = s
        part.rows = range.count
        return .tokenEmbeddingBackward(part, .float32, gradient: .float32)
      }
    case .addPositions(let s, _):
      self.init(
        s.rows, reads: [.whole(s.used * s.columns)] + keySlices(s.dropout), writes: [.inPlace(s.columns)]
      ) { range, _ in .addPositions(s.part(range), .float32) }
    case .addPositionsBackward(let s, _, _):
      self.init(
        s.rows, reads: keySlices(s.dropout),
        writes: [.inPlace(s.columns), .sum(s.used * s.columns, startsFromMemory: true)]
      ) { range, _ in .addPositionsBackward(s.part(range), .float32, gradient: .float32) }
    default: preconditionFailure("\(operation.name) is no embedding")
    }
  }
}

/// Where there is a dropout there is a key, the same for all panels: rows tell them apart.
func keySlices(_ dropout: Dropout?) -> [PanelSlice] { dropout == nil ? [] : [.whole(randomKeyCount)] }

extension Dropout {
  func advanced(by rows: Int) -> Dropout {
    var result = self
    result.firstRow += rows
    return result
  }
}

extension PositionShape {
  /// Rows of the table that any position can name.
  fileprivate var used: Int { min(positions, sequence) }

  fileprivate func part(_ range: Range<Int>) -> PositionShape {
    var result = self
    (result.rows, result.positions) = (range.count, used)
    result.firstRow += range.lowerBound
    result.dropout = dropout?.advanced(by: range.lowerBound)
    return result
  }
}
