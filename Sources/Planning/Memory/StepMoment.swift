package import Program

/// When in a step something was the case.
package struct StepMoment: Hashable, Sendable, Codable, CustomStringConvertible {
  /// `forward`, `backward`, `optimizer`; empty before the first.
  package var phase: String
  /// Whose way through which stage; nil between passages.
  package var passage: Passage?

  package init(phase: String, passage: Passage? = nil) { (self.phase, self.passage) = (phase, passage) }

  package var description: String {
    guard let passage else { return phase.isEmpty ? "before the first micro-batch" : "in the phase \(phase)" }
    return "in the \(words(passage.kind)) of micro-batch \(passage.microBatch) through stage \(passage.stage)"
  }

  private func words(_ kind: Passage.Kind) -> String {
    switch kind {
    case .forward: "forward pass"
    case .backward: "backward pass"
    case .backwardInput: "backward pass for the input"
    case .backwardWeight: "backward pass for the weights"
    }
  }
}
