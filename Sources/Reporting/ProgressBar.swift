import Quantities
package import Training

/// How far a run is, on one line of any width: ` 42% [=====>      ] 840/2000 | 1 min 05 s to go | loss 2.0123 | …`
package struct ProgressBar: Hashable, Sendable {
  package var step, steps: Int
  /// What stands behind the bar, the most wanted first.
  private let details: [String]

  package init(_ report: StepReport, of summary: RunSummary) {
    (step, steps) = (report.step, summary.steps)
    // As wide at every step, lest the bar grow and shrink with its neighbours' digits.
    let stepWidth = String(summary.steps).count
    details = [
      "\(String(report.step).aligned(stepWidth))/\(summary.steps)",
      "\(durationText(report.remaining).aligned(11)) to go", "loss \(fixed(report.loss, decimals: 4).aligned(7))",
      "\(perSecond(report.tokens, report.seconds).aligned(7)) tokens/s",
    ]
  }

  /// Steps done of all steps, rounded down: 100 means done.
  package var percent: Int { steps > 0 ? min(100, max(0, step * 100 / steps)) : 100 }

  /// The line, one column narrower than the terminal: a full line would wrap, and could then not be erased.
  ///
  /// When room is short the last details go first, then the bar; a line too narrow for the percentage is empty.
  package func text(width: Int) -> String {
    let room = width - 1
    let number = "\(percent)%".aligned(4)
    guard room >= number.count else { return "" }
    for kept in stride(from: details.count, through: 0, by: -1) {
      let tail = kept == 0 ? "" : " " + details.prefix(kept).joined(separator: " | ")
      let left = room - number.count - tail.count - " []".count
      if left >= Self.leastBar { return "\(number) [\(bar(min(left, Self.mostBar)))]\(tail)" }
    }
    return number
  }

  /// A bar shorter than this shows nothing that the percentage does not.
  private static let leastBar = 8
  private static let mostBar = 40

  private func bar(_ length: Int) -> String {
    let done = length * percent / 100
    let head = done < length ? ">" : ""
    return (String(repeating: "=", count: done) + head).filled(length)
  }
}
