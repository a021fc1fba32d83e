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

  /// What fits comes first, then what does not, then what is refused; of each the fastest first.
  func comesBefore(_ other: ComparedLayout) -> Bool { (group, seconds) < (other.group, other.seconds) }

  private var group: Int { figures.map { $0.fits ? 0 : 1 } ?? 2 }
  private var seconds: Double { figures?.seconds ?? 0 }
}
