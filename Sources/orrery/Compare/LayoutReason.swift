import Planning
import Program
import Quantities

/// Why a layout stands where it stands, in a sentence.
struct LayoutReason {
  private let layout: ComparedLayout
  private let best: LayoutFigures?

  init(_ layout: ComparedLayout, best: LayoutFigures?) { (self.layout, self.best) = (layout, best) }

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
    let delay = figures.seconds - best.seconds
    guard delay > 0 else { return "best: \(largest(figures))" }
    let changes = zip(figures.parts, best.parts).map { (name: $0.name, seconds: $0.seconds - $1.seconds) }
    guard let most = changes.max(by: { $0.seconds < $1.seconds }), most.seconds > 0 else {
      return "slower by \(withTimeUnit(delay))"
    }
    return "slower by \(withTimeUnit(delay)): \(withTimeUnit(most.seconds)) more \(most.name)"
  }

  /// What takes the most time beside matrix products.
  private func largest(_ figures: LayoutFigures) -> String {
    guard let part = figures.parts.dropFirst().max(by: { $0.seconds < $1.seconds }), part.seconds > 0 else {
      return "matrix products take all of its time"
    }
    return "beside matrix products, \(part.name) takes the most time, \(percent(part.seconds / figures.seconds))"
  }
}
