import Planning
import Program
import Quantities

/// Why a layout stands where it stands, in a sentence.
struct LayoutReason {
  private let layout: ComparedLayout
  private let best: LayoutFigures?
  private let isFirst, isPerToken: Bool

  /// - Parameters:
  ///   - place: the layout's.
  ///   - comparison: that it is of.
  init(_ place: Int, of comparison: Comparison) {
    (layout, best) = (comparison.layouts[place], comparison.best)
    (isFirst, isPerToken) = (place == 0, comparison.isPerToken)
  }

  var text: String {
    switch layout.outcome {
    case .refused(let reason): "refused: \(reason)"
    case .predicted(let figures):
      if let shortage = figures.shortage { "\(missing(figures, shortage.advice.first))" } else { speed(figures) }
    }
  }

  private func missing(_ figures: LayoutFigures, _ advice: MemoryAdvice?) -> String {
    guard let shortage = figures.shortage else { return "" }
    let way = advice.map { "; \($0.action) would save \($0.isAtMost ? "up to " : "")\($0.saves)" } ?? ""
    return
      "out of memory: \(shortage.label) lacks \(shortage.missing), most of what it holds is \(shortage.largest.rawValue)\(way)"
  }

  private func speed(_ figures: LayoutFigures) -> String {
    guard let best else { return "" }
    guard !isFirst else { return "best: \(largest(figures))" }
    let delay = compared(figures.wallSeconds, of: figures) - compared(best.wallSeconds, of: best)
    guard delay > 0 else { return "as fast as row 1" }
    let slower = "slower by \(withTimeUnit(delay))" + (isPerToken ? " per million tokens" : "")
    let changes = zip(figures.parts, best.parts).map { part, other in
      (name: part.name, seconds: compared(part.seconds, of: figures) - compared(other.seconds, of: best))
    }
    guard let most = changes.max(by: { $0.seconds < $1.seconds }), most.seconds > 0 else { return slower }
    return "\(slower): \(withTimeUnit(most.seconds)) more \(most.name)"
  }

  /// Seconds of a step, or what they are of a million tokens where steps are not of as many.
  private func compared(_ seconds: Double, of figures: LayoutFigures) -> Double {
    isPerToken ? seconds * 1e6 / Double(figures.tokens) : seconds
  }

  /// What takes the most time beside matrix products.
  private func largest(_ figures: LayoutFigures) -> String {
    guard let part = figures.parts.dropFirst().max(by: { $0.seconds < $1.seconds }), part.seconds > 0 else {
      return "matrix products take all of its time"
    }
    return "beside matrix products, \(part.name) takes the most time, \(percent(part.seconds / figures.wallSeconds))"
  }
}
