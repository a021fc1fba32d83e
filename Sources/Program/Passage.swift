/// One micro-batch going through one stage, one way: what a pipeline schedule calls an action.
package struct Passage: Hashable, Sendable, Codable, CustomStringConvertible {
  package enum Kind: String, Hashable, Sendable, CaseIterable, Codable {
    case forward = "F"
    case backward = "B"
    case backwardInput = "I"
    case backwardWeight = "W"
  }

  package var kind: Kind
  package var stage, microBatch: Int

  package init(_ kind: Kind, stage: Int, microBatch: Int) {
    (self.kind, self.stage, self.microBatch) = (kind, stage, microBatch)
  }

  /// PyTorch's notation: `2F5`.
  package var description: String { "\(stage)\(kind.rawValue)\(microBatch)" }
}
