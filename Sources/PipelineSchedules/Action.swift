/// One piece of a rank's work: one stage computing one micro-batch.
///
/// In a bidirectional schedule each direction numbers its micro-batches from 0.
package struct Action: Hashable, Sendable, CustomStringConvertible {
  /// What is computed, by the letter that schedules are written with.
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    /// The stage's output, of which it saves what its backward needs.
    case forward = "F"
    /// Both gradients at once.
    case backward = "B"
    /// The gradient of the stage's input: what the stage before waits for.
    case backwardInput = "I"
    /// The gradient of the stage's parameters: nobody waits for it, so it can fill a bubble.
    case backwardWeight = "W"
  }

  package var kind: Kind
  package var stage: Int
  package var microBatch: Int

  package init(_ kind: Kind, stage: Int, microBatch: Int) {
    (self.kind, self.stage, self.microBatch) = (kind, stage, microBatch)
  }

  /// PyTorch's notation: `2F5` is stage 2 computing micro-batch 5 forward.
  package var description: String { "\(stage)\(kind.rawValue)\(microBatch)" }
}

extension Action {
  /// The action written as `2F5`; nil for any other text.
  package init?(_ text: some StringProtocol) {
    guard let letter = text.firstIndex(where: { !$0.isNumber }), let kind = Kind(rawValue: String(text[letter])),
      let stage = Int(text[..<letter]), let microBatch = Int(text[text.index(after: letter)...]), microBatch >= 0
    else { return nil }
    // Int reads "+5", which nobody writes.
    guard text[text.index(after: letter)].isNumber else { return nil }
    self.init(kind, stage: stage, microBatch: microBatch)
  }

  /// Whether it yields the gradient that the stage before waits for.
  package var givesInputGradient: Bool { kind == .backward || kind == .backwardInput }

  /// Whether it is the last to need what the forward saved.
  ///
  /// - Source: PyTorch's pipelining schedules, whose activations live until the weight gradient.
  package var freesActivation: Bool { kind == .backward || kind == .backwardWeight }
}
