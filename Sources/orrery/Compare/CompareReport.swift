import Quantities
import Timing

/// What `orrery compare` says: a table, and a sentence on each of its rows.
struct CompareReport {
  private let comparison: Comparison

  init(_ comparison: Comparison) { self.comparison = comparison }

  var text: String {
    let shortage = comparison.best == nil ? ["No layout fits the GPUs' memory."] : []
    let remarks = [
      "energy: board watts × busy share, unvalidated", "error band: \(ErrorBand.text) (\(ErrorBand.command))",
    ]
    return [heading, table, reasons, shortage + remarks.flatMap { wrapped($0) }]
      .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var heading: [String] {
    wrapped("on \(comparison.clusters.joined(separator: ", "))") + comparison.notes.flatMap { wrapped("note: \($0)") }
  }

  /// Axes along which some layout waits for communication.
  private var axes: [Activity] {
    Activity.communication.filter { kind in
      comparison.layouts.compactMap(\.figures).contains { ($0.exposed[kind] ?? 0) > 0.0005 * $0.seconds }
    }
  }

  private var table: [String] {
    let titles =
      ["", ""] + comparison.keys + ["GPUs", "memory", "free", "step", "tokens/s", "MFU"]
      + (hasGoodput ? ["goodput"] : []) + ["bubble"] + axes.map(\.short) + ["sent a GPU", "energy"]
    let rows = comparison.layouts.enumerated().map { [mark($0), "\($0 + 1)"] + $1.values + cells($1, titles.count) }
    return TextTable([titles] + rows.map { padded($0, titles.count) }, leftAligned: []).lines
  }

  private var hasGoodput: Bool { comparison.layouts.contains { $0.figures?.goodput != nil } }

  private func mark(_ place: Int) -> String { place == 0 && comparison.best != nil ? "*" : "" }

  private func padded(_ row: [String], _ count: Int) -> [String] {
    row + Array(repeating: "", count: count - row.count)
  }

  private func cells(_ layout: ComparedLayout, _ count: Int) -> [String] {
    guard let figures = layout.figures else { return ["refused"] }
    let free = figures.capacity - figures.memory
    let useful = hasGoodput ? [figures.goodput.map { percent($0) } ?? ""] : []
    let rate = grouped(Int(figures.tokensPerSecond.rounded()))
    let times = [withTimeUnit(figures.seconds), rate, utilization(figures.mfu)]
    let waits = ([figures.bubble] + axes.map { figures.exposed[$0] ?? 0 }).map { percent($0 / figures.seconds) }
    return [grouped(figures.gpus), "\(figures.memory)", "\(free)"] + times + useful + waits
      + ["\(figures.sent)", withDecimalPrefix(figures.joules, "J")]
  }

  private var reasons: [String] {
    comparison.layouts.indices.flatMap { place in
      wrapped("\(place + 1): \(LayoutReason(place, of: comparison).text)", indent: 4)
    }
  }
}

extension Activity {
  /// A column's title for communication that kernels wait for.
  fileprivate var short: String {
    switch self {
    case .tensorCommunication: "tp"
    case .dataCommunication: "dp"
    case .pipelineCommunication: "pp"
    case .contextCommunication: "cp"
    case .expertCommunication: "ep"
    case .worldCommunication: "world"
    case .matmul, .attention, .norms, .elementwise, .embeddings, .loss, .optimizer, .issue, .offload: name
    }
  }
}
