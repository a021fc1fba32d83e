import Measurements
import Quantities

extension TrainReport {
  /// Errors by source, then what was refused and why.
  var text: String { ([heading, "", legend, ""] + table + stands + refused).joined(separator: "\n") }

  private var heading: String {
    "\(file): \(rows) rows; \(judgements.count) modelled, \(refusals.count) refused"
  }

  private var legend: String {
    """
    Errors of step times are predicted / measured - 1, in %. median, mean, p90, worst: of their sizes; bias: their mean, above 0 too
    slow. rank: Spearman's correlation of seconds a sample over the layouts and batches of one model on one cluster.
    """
      + (halves.isEmpty
        ? "" : "\nfitted half: rows of train_throughput.csv by which constants were chosen; other half: its others.")
  }

  private var table: [String] {
    let titles = ["source", "rows", "median", "mean", "p90", "worst", "bias", "rank", "worst row"]
    let blank = Array(repeating: "", count: titles.count)
    let totals = [all].compactMap(\.self).map(cells) + halves.map(cells)
    return TextTable([titles] + groups.map(cells) + [blank] + totals, leftAligned: [0, 8]).lines
  }

  private func cells(_ errors: StepErrors) -> [String] {
    let sizes = [errors.median, errors.mean, errors.ninetiethPercentile, errors.worst]
    let rank = errors.rankCorrelation.map { fixed($0, decimals: 2) } ?? "-"
    return [errors.title, "\(errors.rows)"] + sizes.map(percentCell)
      + [signedPercentCell(errors.bias), rank, errors.worstRow]
  }

  private var stands: [String] {
    let all = judgements.flatMap(\.prediction.substitutions)
    guard !all.isEmpty else { return [] }
    let groups = Dictionary(grouping: all, by: \.self).sorted { $0.key < $1.key }
    return ["", "stand-ins of the same cost:"] + groups.map { "  \($0.value.count) × \($0.key)" }
  }

  private var refused: [String] {
    let groups = RefusalGroup.grouping(refusals)
    guard !groups.isEmpty else { return [] }
    return ["", "refused:"] + groups.map { "  \($0.text)" }
  }
}
