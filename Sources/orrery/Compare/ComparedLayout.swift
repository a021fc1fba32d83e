/// One row of a comparison.
struct ComparedLayout {
  enum Outcome {
    case predicted(LayoutFigures)
    /// Why there is no prediction.
    case refused(String)
  }

  /// Of the varied settings, in their order.
  let values: [String]
  let outcome: Outcome

  var figures: LayoutFigures? { if case .predicted(let figures) = outcome { figures } else { nil } }

  /// What fits comes first, then what does not, then what is refused; of each the fastest first: of unequal steps, per token.
  func comesBefore(_ other: ComparedLayout) -> Bool { (group, pace) < (other.group, other.pace) }

  private var group: Int { figures.map { $0.fits ? 0 : 1 } ?? 2 }
  private var pace: Double { figures.map { $0.wallSeconds / Double($0.tokens) } ?? 0 }
}
