import Cluster
import GPUModel
import Measurements
import Quantities

/// What a calibration found: errors before and after on rows that no fit has seen, and the constants that moved.
struct CalibrationReport {
  var table: KernelTable
  var start: Start
  /// Judged by the start, and each half by constants fitted to the other.
  var before, after: KernelValidation
  /// Nil where there are too few rows for any table.
  var fitted: Calibration?

  var text: String {
    let paragraphs = [heading, errors, changes] + (table.refusals.isEmpty ? [] : [refusals])
    return paragraphs.joined(separator: "\n\n")
  }

  /// Why no row can be used.
  static func nothing(in table: KernelTable) -> String {
    let reasons = RefusalGroup.grouping(table.refusals).prefix(3).map { "\($0.ids.count) × \($0.reason)" }
    return "\(table.name): none of its \(table.rows) rows can be used"
      + (reasons.isEmpty ? "" : ": \(reasons.joined(separator: "; "))")
  }

  private var heading: String {
    let warning = start.seen == 0 ? "" : "; it has seen \(start.seen) of the rows, so the errors are too good"
    return "\(table.name): \(table.rows) rows, \(table.samples.count) modelled, \(table.refusals.count) refused\n"
      + "Start: \(start.name)\(warning)."
  }

  private var errors: String {
    let (old, new) = (before.groups(by: place), after.groups(by: place))
    let titles = [
      "Held-back error, %", "rows", "before", "bias", "after", "median", "p90", "worst", "bias", "roofline",
    ]
    let rows = zip(old + total(before), new + total(after)).compactMap { row($0, $1) }
    let legend = "before: by the start. after: each half of the rows by constants fitted to the other half."
    return (TextTable([titles] + rows).lines + [legend]).joined(separator: "\n")
  }

  private func place(_ sample: KernelSample) -> String { "\(sample.gpu.name) \(sample.table)" }

  private func total(_ validation: KernelValidation) -> [KernelValidation.Group] {
    validation.groups { _ in "all" }
  }

  private func row(_ before: KernelValidation.Group, _ after: KernelValidation.Group) -> [String]? {
    guard let old = before.unseen, let new = after.unseen else { return nil }
    let figures = [new.mean, new.median, new.ninetiethPercentile, new.worst].map(percent)
    return [after.title, "\(new.rows)", percent(old.mean), signed(old.bias)] + figures
      + [signed(new.bias), percent(new.rooflineMean)]
  }

  private func percent(_ share: Double) -> String { fixed(share * 100, decimals: 1) }
  private func signed(_ share: Double) -> String { (share > 0 ? "+" : "") + percent(share) }

  private static let tooFew =
    "Nothing was fitted: a generation's table of constants needs \(CalibrationFit.fewest) rows of its kind, a GPU's own constants "
    + "\(CalibrationFit.fewestOfGPU),\namong the rows that are fitted to: one half, or with --all-rows all."

  private var changes: String {
    guard let fitted else { return Self.tooFew }
    let gpus = Dictionary(table.samples.map { ($0.gpu.name, $0.gpu.generation.rawValue) }) { first, _ in first }
    let changes = CalibrationChange.between(start.calibration, fitted, generations: gpus)
    guard !changes.isEmpty else { return "No constant moved." }
    return (["Constants that moved:"] + changes.flatMap(lines)).joined(separator: "\n")
  }

  private func lines(_ change: CalibrationChange) -> [String] {
    let moves = change.moves.map { move in
      "\(move.constant) \(move.from.map { "\(threeDigits($0)) → " } ?? "")\(threeDigits(move.to))"
    }
    return wrapped(moves, after: "  \(change.place) \(change.table):", width: 118)
  }

  private var refusals: String {
    (["Refused:"] + RefusalGroup.grouping(table.refusals).map { "  \($0.text)" }).joined(separator: "\n")
  }
}

/// Items behind a title, in lines of at most `width`; later lines are indented.
private func wrapped(_ items: [String], after title: String, width: Int) -> [String] {
  var lines: [String] = []
  var line = title
  for (index, item) in items.enumerated() {
    let piece = item + (index + 1 < items.count ? "," : "")
    if line.count + piece.count >= width, index > 0 {
      lines.append(line)
      line = "   "
    }
    line += " \(piece)"
  }
  return lines + [line]
}
