import Measurements
import Quantities

extension MemoryReport {
  /// All rows, then errors by source, then what was refused and why.
  var text: String {
    ([heading, ""] + table(of: scored) + orientation + ["", legend, ""] + errors + stands + refused)
      .joined(separator: "\n")
  }

  private var heading: String {
    "\(file): \(rows) rows; \(scored.count) scored, \(forOrientation.count) for orientation, \(refusals.count) refused"
  }

  private var legend: String {
    "Errors are predicted / measured - 1, in %. median, mean, worst: of their sizes; bias: their mean."
  }

  private func table(of judgements: [Judgement]) -> [String] {
    let titles = ["row", "quantity", "predicted", "measured", "error"]
    let cells = judgements.map {
      [
        $0.row.id, $0.row.quantity.rawValue, size($0, $0.predicted), size($0, $0.measured),
        signedPercentCell($0.error),
      ]
    }
    return TextTable([titles] + cells, leftAligned: [0, 1]).lines
  }

  private func size(_ judgement: Judgement, _ value: Double) -> String {
    judgement.row.unit == .percent ? percent(value, decimals: 2) : ByteCount(Int(value)).description
  }

  private var orientation: [String] {
    let rows = forOrientation
    guard !rows.isEmpty else { return [] }
    return ["", "For orientation, not scored: quality B and below, or recomputation not stated"] + table(of: rows)
  }

  private var errors: [String] {
    let titles = ["source", "rows", "median", "mean", "worst", "bias", "worst row"]
    let lines = summaries(scored).flatMap { source, quantities in
      [cells(source, indent: "")] + quantities.map { cells($0, indent: "  ") }
    }
    return TextTable([titles] + lines, leftAligned: [0, 6]).lines
  }

  private func cells(_ summary: Summary, indent: String) -> [String] {
    let sizes = [summary.median, summary.mean, summary.worst].map(percentCell)
    return [indent + summary.title, "\(summary.count)"] + sizes + [signedPercentCell(summary.bias), summary.worstRow]
  }

  private var stands: [String] {
    let all = judgements.flatMap { judgement in judgement.substitutions.map { (judgement.row.id, $0) } }
    guard !all.isEmpty else { return [] }
    let groups = Dictionary(grouping: all, by: \.1).sorted { $0.key < $1.key }
    return ["", "stand-ins of the same cost:"] + groups.map { "  \($0.value.count) × \($0.key)" }
  }

  private var refused: [String] {
    let groups = RefusalGroup.grouping(refusals)
    guard !groups.isEmpty else { return [] }
    return ["", "refused:"] + groups.map { "  \($0.text)" }
  }
}
