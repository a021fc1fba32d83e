import Program
import Quantities

extension PanelPlan {
  init(norm operation: Operation) {
    switch operation {
    case .norm(let s, _):
      let gain: [PanelSlice] = Array(repeating: .whole(s.columns), count: s.bias ? 2 : 1)
      self.init(s.rows, reads: [.each(s.columns)] + gain, writes: [.each(s.columns), s.slices]) { range, _ in
        .norm(s.part(range), .float32)
      }
    case .normBackward(let s, let accumulate, _, _):
      let gain = PanelSlice.sum(s.columns, startsFromMemory: accumulate)
      self.init(
        s.rows, reads: [.each(s.columns), .each(s.columns), .each(s.columns), .whole(s.columns), s.slices],
        writes: [.each(s.columns)] + Array(repeating: gain, count: s.bias ? 2 : 1)
      ) { range, first in
        .normBackward(s.part(range), accumulate: accumulate || !first, .float32, gradient: .float32)
      }
    default: preconditionFailure("\(operation.name) is no norm")
    }
  }

  /// Whole samples, as many as fit: a head needs all keys of its sample.
  init(attention operation: Operation) {
    switch operation {
    case .attention(let s, _):
      self.init(
        s.batch, reads: [.each(s.sequence * s.packed)] + keySlices(s.dropout),
        writes: [.each(s.sequence * s.width), .each(s.heads * s.sequence)]
      ) { range, _ in .attention(s.part(range), .float32) }
    case .attentionBackward(let s, _):
      let width = s.sequence * s.width
      self.init(
        s.batch,
        reads: [.each(width), .each(width), .each(s.sequence * s.packed), .each(s.heads * s.sequence)]
          + keySlices(s.dropout),
        writes: [.each(s.sequence * s.packed)]
      ) { range, _ in .attentionBackward(s.part(range), .float32) }
    default: preconditionFailure("\(operation.name) is no attention")
    }
  }

  init(loss operation: Operation) {
    switch operation {
    case .crossEntropy(let rows, let vocabulary, _):
      self.init(rows, reads: [.each(vocabulary), .each(1)], writes: [.each(1), .each(1)]) { range, _ in
        .crossEntropy(rows: range.count, vocabulary: vocabulary, .float32)
      }
    case .crossEntropyBackward(let rows, let vocabulary, let first, _):
      self.init(rows, reads: [.each(1), .whole(1), .each(1)], writes: [.inPlace(vocabulary)]) { range, _ in
        .crossEntropyBackward(rows: range.count, vocabulary: vocabulary, first: first, .float32)
      }
    case .vocabularyMaximum(let rows, let vocabulary, _):
      self.init(rows, reads: [.each(vocabulary)], writes: [.each(1)]) { range, _ in
        .vocabularyMaximum(rows: range.count, vocabulary: vocabulary, .float32)
      }
    case .vocabularySums(let rows, let vocabulary, let first, _):
      self.init(rows, reads: [.each(vocabulary), .each(1), .each(1)], writes: [.planes(2)]) { range, _ in
        .vocabularySums(rows: range.count, vocabulary: vocabulary, first: first, .float32)
      }
    case .vocabularyLoss(let rows, _):
      self.init(rows, reads: [.each(1), .planes(2), .each(1)], writes: [.each(1), .each(1)]) { range, _ in
        .vocabularyLoss(rows: range.count, .float32)
      }
    default: preconditionFailure("\(operation.name) is no loss")
    }
  }
}

extension NormShape {
  fileprivate var slices: PanelSlice { .planes(centred ? 2 : 1) }

  fileprivate func part(_ range: Range<Int>) -> NormShape {
    var result = self
    result.rows = range.count
    return result
  }
}

extension AttentionShape {
  fileprivate func part(_ range: Range<Int>) -> AttentionShape {
    var result = self
    result.batch = range.count
    result.dropout = dropout.map { $0.advanced(by: range.lowerBound * $0.sequence) }
    return result
  }
}
