import Quantities

/// A schedule drawn as an SVG picture that needs nothing beside itself.
package struct ScheduleSVG: Hashable, Sendable {
  package private(set) var text = ""

  /// Pixels.
  private static let left = 68.0
  private static let top = 46.0
  private static let rowHeight = 26.0
  private static let rowStep = 31.0

  private let schedule: PipelineSchedule
  private let measure: ScheduleMeasure
  private let perTime: Double

  package init(_ schedule: PipelineSchedule, _ measure: ScheduleMeasure, title: String) {
    self.schedule = schedule
    self.measure = measure
    let shortest = measure.spans.joined().map { $0.end - $0.start }.filter { $0 > 0 }.min() ?? 1
    // Numbers are readable in cells of 20 pixels; the title and the legend need room too.
    let wide = min(max(780, 8.5 * Double(title.count), 20 / shortest * measure.makespan), 6000)
    perTime = measure.makespan > 0 ? wide / measure.makespan : 1
    text = picture(title)
  }

  private func picture(_ title: String) -> String {
    let wide = Self.left + measure.makespan * perTime + 24
    let bottom = Self.top + Double(schedule.ranks) * Self.rowStep
    let rows = (0..<schedule.ranks).map(row).joined()
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(pixels(wide))" height="\(pixels(bottom + 64))" \
      viewBox="0 0 \(pixels(wide)) \(pixels(bottom + 64))" font-family="Helvetica, Arial, sans-serif" font-size="12">
      <title>\(escaped(title))</title>
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="\(pixels(Self.left))" y="26" font-size="15" font-weight="bold" fill="#222222">\(escaped(title))</text>
      \(rows)\(axis(bottom))\(legend(bottom + 42))</svg>

      """
  }

  private func row(_ rank: Int) -> String {
    let y = Self.top + Double(rank) * Self.rowStep
    let cells = zip(schedule.cells[rank], measure.spans[rank]).map { drawn($0, $1, y) }.joined()
    return """
      <text x="\(pixels(Self.left - 8))" y="\(pixels(y + 17))" text-anchor="end" fill="#222222">rank \(rank)</text>
      <rect x="\(pixels(Self.left))" y="\(pixels(y))" width="\(pixels(measure.makespan * perTime))" \
      height="\(pixels(Self.rowHeight))" fill="#eeeeee"/>
      \(cells)
      """
  }

  /// Two that overlap share the height.
  private func drawn(_ cell: Cell, _ span: ScheduleMeasure.Span, _ y: Double) -> String {
    let height = cell.isOverlapped ? Self.rowHeight / 2 : Self.rowHeight
    return zip(cell, [y, y + height]).map { box($0, span, y: $1, height: height) }.joined()
  }

  private func box(_ action: Action, _ span: ScheduleMeasure.Span, y: Double, height: Double) -> String {
    let (x, wide) = (Self.left + span.start * perTime, (span.end - span.start) * perTime)
    let label = "\(action.microBatch)"
    let size = min(12, height - 2)
    let fits = Double(label.count) * size * 0.56 + 3 <= wide
    let text =
      fits
      ? "<text x=\"\(pixels(x + wide / 2))\" y=\"\(pixels(y + height / 2 + size * 0.36))\" text-anchor=\"middle\" "
        + "font-size=\"\(pixels(size))\" fill=\"#111111\">\(label)</text>" : ""
    return "<g><title>\(action), \(shortNumber(span.start)) to \(shortNumber(span.end))</title>"
      + "<rect x=\"\(pixels(x))\" y=\"\(pixels(y))\" width=\"\(pixels(wide))\" height=\"\(pixels(height))\" "
      + "fill=\"\(color(action))\" stroke=\"#ffffff\" stroke-width=\"1\"/>\(text)</g>\n"
  }

  private func axis(_ y: Double) -> String {
    let step = roundStep(atLeast: 60 / perTime)
    let last = Int(min(1e4, (measure.makespan / step + 1e-9).rounded(.down)))
    let ticks = (0...last).map { tick -> String in
      let x = pixels(Self.left + Double(tick) * step * perTime)
      return "<path d=\"M\(x) \(pixels(Self.top - 4))V\(pixels(y))\" stroke=\"#000000\" stroke-opacity=\"0.12\"/>"
        + "<text x=\"\(x)\" y=\"\(pixels(y + 13))\" text-anchor=\"middle\" font-size=\"11\" fill=\"#555555\">"
        + "\(shortNumber(Double(tick) * step))</text>\n"
    }
    return ticks.joined() + "<text x=\"\(pixels(Self.left - 8))\" y=\"\(pixels(y + 13))\" text-anchor=\"end\" "
      + "font-size=\"11\" fill=\"#555555\">time</text>\n"
  }

  private func legend(_ y: Double) -> String {
    let kinds = Action.Kind.allCases.filter { kind in
      schedule.cells.joined().joined().contains { $0.kind == kind }
    }
    var x = Self.left
    let entries = kinds.map { kind -> String in
      defer { x += 24 + Double(Self.meaning(kind).count) * 6.4 + 18 }
      return swatch(Self.color(kind, lightness: 0.45), Self.meaning(kind), x, y)
    }
    let idle = swatch("#eeeeee", "idle", x, y)
    let darker = schedule.placement == .bidirectional ? "the second direction" : "later chunks"
    let chunks = schedule.chunks > 1 ? note("darker: \(darker)", x + 74, y) : ""
    return entries.joined() + idle + chunks
  }

  private func swatch(_ color: String, _ meaning: String, _ x: Double, _ y: Double) -> String {
    "<rect x=\"\(pixels(x))\" y=\"\(pixels(y - 11))\" width=\"16\" height=\"14\" fill=\"\(color)\"/>"
      + note(meaning, x + 21, y)
  }

  private func note(_ text: String, _ x: Double, _ y: Double) -> String {
    "<text x=\"\(pixels(x))\" y=\"\(pixels(y))\" fill=\"#222222\">\(text)</text>\n"
  }

  private static func meaning(_ kind: Action.Kind) -> String {
    switch kind {
    case .forward: "F forward"
    case .backward: "B backward"
    case .backwardInput: "I input gradient"
    case .backwardWeight: "W weight gradient"
    }
  }

  private func color(_ action: Action) -> String {
    let share = Double(schedule.chunk(of: action.stage)) / Double(max(1, schedule.chunks - 1))
    return Self.color(action.kind, lightness: schedule.chunks > 1 ? 0.62 - 0.5 * share : 0.45)
  }

  /// The kind's hue, so much of the way to white.
  private static func color(_ kind: Action.Kind, lightness: Double) -> String {
    let hue: [Double] =
      switch kind {
      case .forward: [61, 122, 196]
      case .backward: [226, 120, 44]
      case .backwardInput: [234, 179, 38]
      case .backwardWeight: [78, 160, 78]
      }
    let parts = hue.map { Int(($0 + (255 - $0) * lightness).rounded()) }
    return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func pixels(_ value: Double) -> String { shortNumber(value, decimals: 2) }

  private func escaped(_ text: String) -> String {
    text.map { ["&": "&amp;", "<": "&lt;", ">": "&gt;", "\"": "&quot;"][$0] ?? String($0) }.joined()
  }
}
