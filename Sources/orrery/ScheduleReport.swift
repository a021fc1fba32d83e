import PipelineSchedules

/// What `orrery schedule` says of one schedule.
struct ScheduleReport {
  let schedule: PipelineSchedule
  private let title: String
  private let times: ScheduleTimes
  private let measure: ScheduleMeasure
  private let formula: PublishedFormula?
  private let known: ScheduleName?

  /// - `known`: nil where no paper describes the order.
  init(
    _ schedule: PipelineSchedule, title: String, _ known: ScheduleName?, _ groupSize: Int?, _ times: ScheduleTimes
  ) {
    self.schedule = schedule
    self.title = title
    self.times = times
    self.known = known
    measure = schedule.measure(times)
    formula = known?.formula(
      ranks: schedule.ranks, microBatches: schedule.microBatches, chunks: schedule.chunks, groupSize: groupSize,
      times: times)
  }

  var text: String {
    let grid = ScheduleGrid(schedule, measure)
    let notes = (grid.note.map { [$0 + " --svg draws all of it."] } ?? []) + legend
    let blocks = [[heading], grid.lines + notes, summary, rankTable]
    return blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  var svg: String { ScheduleSVG(schedule, measure, title: heading).text }

  private var heading: String {
    let order = known.map { $0.rawValue == title ? "" : " (the order of \($0.rawValue))" } ?? ""
    let most = if case .custom = schedule.placement { "at most " } else { "" }
    let hop = times.hop > 0 ? ", comm \(shortNumber(times.hop))" : ""
    return
      "\(title)\(order): \(counted(schedule.ranks, "rank")), \(counted(schedule.microBatches, "micro-batch", "es")), "
      + "\(most)\(counted(schedule.chunks, "chunk")) per rank; "
      + "F \(shortNumber(times.forward)), I \(shortNumber(times.backwardInput)), "
      + "W \(shortNumber(times.backwardWeight))\(hop)"
  }

  private func counted(_ count: Int, _ noun: String, _ plural: String = "s") -> String {
    "\(count) \(noun)\(count == 1 ? "" : plural)"
  }

  private var legend: [String] {
    let kinds = Set(schedule.cells.joined().joined().map(\.kind))
    let backward = kinds.contains(.backward) ? ["B backward"] : []
    let split = kinds.contains(.backwardInput) ? ["I input gradient", "W weight gradient"] : []
    let small = schedule.placement == .bidirectional ? "the second direction" : "later chunks"
    let chunks = schedule.chunks > 1 ? ["small letters: \(small)"] : []
    return [(["F forward"] + backward + split + ["· idle"] + chunks).joined(separator: ", ")]
  }

  private var summary: [String] {
    let fraction = "\(shortNumber(100 * measure.bubbleFraction, decimals: 1)) % of the makespan"
    return [
      "makespan            \(shortNumber(measure.makespan))",
      "bubble, measured    \(shortNumber(measure.bubble)), \(fraction)",
    ] + published
  }

  private var published: [String] {
    guard let formula else { return ["bubble, published   none: no paper is known for this order"] }
    let delta = measure.bubble - formula.bubble
    let isSame = abs(delta) < 1e-9 * max(1, measure.makespan)
    let difference =
      isSame ? "as measured" : "measured is \(shortNumber(abs(delta))) \(delta > 0 ? "more" : "less")"
    let hop = times.hop > 0 ? ", without messages" : ""
    return [
      "bubble, published   \(shortNumber(formula.bubble)) = \(formula.text); \(difference)",
      "                    exact: \(formula.condition)\(hop)",
    ]
  }

  /// Neighbouring ranks with the same numbers share a row.
  private var rankTable: [String] {
    var rows: [(first: Int, last: Int, cells: [String])] = []
    for rank in 0..<schedule.ranks {
      let cells = cells(of: rank)
      if rows.last?.cells == cells { rows[rows.count - 1].last = rank } else { rows.append((rank, rank, cells)) }
    }
    let header = ["ranks", "peak activations", "published", "idle"]
    let lines = rows.map { [$0.first == $0.last ? "\($0.first)" : "\($0.first)-\($0.last)"] + $0.cells }
    let note = schedule.chunks > 1 ? "Activations are of one chunk and one micro-batch." : nil
    let peak = formula.map { ["Peak, published: \($0.peakText) on rank r."] } ?? []
    return aligned([header] + abbreviated(lines)) + peak + (note.map { [$0] } ?? [])
  }

  private func cells(of rank: Int) -> [String] {
    let published =
      formula.map { $0.peakActivations.map { "\($0[rank])" } ?? "not more than \($0.peakText)" } ?? "-"
    return ["\(measure.peakActivations[rank])", published, shortNumber(measure.idle[rank])]
  }

  private func abbreviated(_ rows: [[String]]) -> [[String]] {
    rows.count <= 40 ? rows : rows.prefix(20) + [["…", "", "", ""]] + rows.suffix(20)
  }

  private func aligned(_ rows: [[String]]) -> [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let padded = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return String(padded.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }
}
