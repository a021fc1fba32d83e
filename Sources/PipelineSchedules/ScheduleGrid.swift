import Quantities

/// A schedule drawn as text: one line per rank, time from left to right.
///
/// `F3--` is a forward of micro-batch 3 that takes four columns, `·` is idle. The first chunk's letters are capitals.
package struct ScheduleGrid: Hashable, Sendable {
  package let lines: [String]
  /// What was left out, if anything.
  package let note: String?

  /// - `columns`: the longest line.
  /// - `mostRanks`: the most lines; of more ranks the middle is left out.
  package init(
    _ schedule: PipelineSchedule, _ measure: ScheduleMeasure, columns: Int = 100, mostRanks: Int = 32
  ) {
    let scale = GridScale(schedule, measure, columns: columns)
    let ranks = Array(0..<schedule.ranks)
    let isCut = ranks.count > mostRanks
    let shown = isCut ? ranks.prefix(mostRanks / 2) + ranks.suffix(mostRanks / 2) : ranks[...]
    var lines = shown.map { scale.line($0, schedule, measure.spans[$0]) }
    if isCut { lines.insert(scale.margin("") + "…", at: mostRanks / 2) }
    self.lines = lines + [scale.axis]
    let cuts =
      (scale.isCut ? ["\(scale.hiddenTime) of \(scale.number(measure.makespan)) units of time"] : [])
      + (isCut ? ["\(ranks.count - shown.count) of \(ranks.count) ranks"] : [])
    note = cuts.isEmpty ? nil : "… leaves out the middle \(cuts.joined(separator: " and "))."
  }
}

/// How time becomes columns, and which of them are shown.
private struct GridScale {
  private let perTime: Double
  private let total: Int
  private let marginWidth: Int
  /// One window, or the beginning and the end.
  private let windows: [Range<Int>]

  init(_ schedule: PipelineSchedule, _ measure: ScheduleMeasure, columns: Int) {
    let room = max(20, columns - "rank \(schedule.ranks - 1)  ".count)
    let label = 1 + String(max(0, schedule.microBatchesPerStage - 1)).count
    perTime = Self.perTime(measure, room: room, label: Double(label))
    // Bounded, so that times of any size can be drawn.
    total = Int(min(1e9, (measure.makespan * perTime).rounded()))
    marginWidth = "rank \(schedule.ranks - 1)  ".count
    windows = total <= room ? [0..<total] : [0..<room / 2, (total - (room - room / 2 - 1))..<total]
  }

  /// Every cell has room for its label, or, if the whole is too long then, six in ten have.
  private static func perTime(_ measure: ScheduleMeasure, room: Int, label: Double) -> Double {
    let lengths = measure.spans.joined().map { $0.end - $0.start }.filter { $0 > 0 }.sorted()
    guard let shortest = lengths.first else { return 1 }
    let full = label / shortest
    return full * measure.makespan <= Double(room) ? full : label / lengths[lengths.count * 2 / 5]
  }

  var isCut: Bool { windows.count > 1 }

  var hiddenTime: String { number(Double(total - windows.map(\.count).reduce(0, +)) / perTime) }

  func number(_ value: Double) -> String { shortNumber(value, decimals: 2) }

  func margin(_ text: String) -> String { text + String(repeating: " ", count: max(0, marginWidth - text.count)) }

  func line(_ rank: Int, _ schedule: PipelineSchedule, _ spans: [ScheduleMeasure.Span]) -> String {
    let parts = windows.map { window -> String in
      var text = Array(repeating: Character("·"), count: window.count)
      for (cell, span) in zip(schedule.cells[rank], spans) { draw(cell, span, schedule, in: window, &text) }
      return String(text)
    }
    return margin("rank \(rank)") + parts.joined(separator: "…")
  }

  private func column(_ time: Double) -> Int { Int(min(1e9, (time * perTime).rounded())) }

  private func draw(
    _ cell: Cell, _ span: ScheduleMeasure.Span, _ schedule: PipelineSchedule, in window: Range<Int>,
    _ text: inout [Character]
  ) {
    let columns = column(span.start)..<column(span.end)
    guard columns.overlaps(window) else { return }
    let label = Array(cell.map { Self.label($0, schedule) }.joined(separator: "|"))
    for column in columns.clamped(to: window) {
      let place = column - columns.lowerBound
      text[column - window.lowerBound] = place < label.count ? label[place] : "-"
    }
  }

  private static func label(_ action: Action, _ schedule: PipelineSchedule) -> String {
    let letter = action.kind.rawValue
    return (schedule.chunk(of: action.stage) == 0 ? letter : letter.lowercased()) + "\(action.microBatch)"
  }

  /// Round times below the lines.
  var axis: String {
    let step = roundStep(atLeast: 8 / perTime)
    let parts = windows.map { window -> String in
      var text = Array(repeating: Character(" "), count: window.count)
      var tick = (Double(window.lowerBound) / perTime / step).rounded(.up)
      while column(tick * step) < window.upperBound {
        let label = Array(number(tick * step))
        let start = column(tick * step) - window.lowerBound
        if start + label.count <= text.count { text.replaceSubrange(start..<start + label.count, with: label) }
        tick += 1
      }
      return String(text)
    }
    let line = margin("time") + parts.joined(separator: " ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}

/// The smallest of 1, 2 and 5 times a power of ten that is not less.
func roundStep(atLeast least: Double) -> Double {
  guard least.isFinite, least > 0 else { return 1 }
  var power = 1.0
  while power > least { power /= 10 }
  while power * 10 <= least { power *= 10 }
  return [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? 10 * power
}

/// A number without needless zeros: `4.5`, `14`.
package func shortNumber(_ value: Double, decimals: Int = 4) -> String {
  let text = fixed(value, decimals: decimals)
  guard text.contains(".") else { return text }
  let digits = String(text.reversed().drop { $0 == "0" }.reversed())
  return digits.hasSuffix(".") ? String(digits.dropLast()) : digits
}
