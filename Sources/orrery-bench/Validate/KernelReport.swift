import Cluster
import Foundation
import Measurements
import Quantities

/// What a validation of kernels found, as text of at most 120 columns.
struct KernelReport {
  /// The same rows judged by other constants.
  struct Trial {
    var title: String
    /// What the constants have seen, in one line.
    var note: String
    var validation: KernelValidation
  }

  let file: String
  let validation: KernelValidation
  private(set) var trials: [Trial] = []

  init(_ file: String, _ validation: KernelValidation) { (self.file, self.validation) = (file, validation) }

  mutating func add(_ title: String, _ note: String, _ validation: KernelValidation) {
    trials.append(Trial(title: title, note: note, validation: validation))
  }

  var text: String {
    ([heading, "", legend, "", subjects] + trials.map(text) + ["", details] + refusals).joined(separator: "\n")
  }

  private var heading: String {
    let fitted = validation.judgements.count(where: \.isFitted)
    let (modelled, refused) = (validation.judgements.count, validation.refusals.count)
    return "\(file): \(validation.rows) rows; \(modelled) modelled, of which the constants have seen \(fitted); "
      + "\(refused) refused"
  }

  private var legend: String {
    """
    Errors are predicted / measured - 1, in %. mean, median, p90, worst: of their sizes; bias: their mean, above 0 too slow.
    roofline: mean of max(FLOPs / peak, bytes / bandwidth) on the same rows. seen: rows that the constants were fitted to.
    """
  }

  private var subjects: String { table("subject", validation.subjects.map { ($0.title, $0) }) }

  /// All rows by other constants, and by GPU: by subject alone, a bad GPU would hide.
  private func text(_ trial: Trial) -> String {
    let gpus = trial.validation.gpus.map { ("  \($0.gpu.name)", $0.all) }
    let subjects = trial.validation.subjects.map { ($0.title, Optional($0)) }
    return "\nAll rows again. \(trial.note)\n" + table(trial.title, subjects + [("", nil)] + gpus)
  }

  private var details: String {
    let rows = validation.gpus.flatMap { entry in
      [("\(entry.gpu.name) (\(entry.gpu.generation.rawValue))", entry.all)]
        + entry.groups.map { ("  \($0.title)", $0) }
    }
    return table("GPU, operation, type", rows)
  }

  private func table(_ title: String, _ groups: [(title: String, group: KernelValidation.Group?)]) -> String {
    let titles = [title, "rows", "mean", "median", "p90", "worst", "bias", "roofline", "seen", "mean", "p90", "bias"]
    let rows = groups.map { [$0.title] + cells($0.group) }
    return TextTable([titles] + rows).lines.joined(separator: "\n")
  }

  private func cells(_ group: KernelValidation.Group?) -> [String] {
    guard let group else { return Array(repeating: "", count: 11) }
    let (new, old) = (group.unseen, group.fitted)
    return [new.map { "\($0.rows)" } ?? "-"]
      + [new?.mean, new?.median, new?.ninetiethPercentile, new?.worst].map(percentCell) + [signedPercentCell(new?.bias)]
      + [percentCell(new?.rooflineMean), old.map { "\($0.rows)" } ?? "-", percentCell(old?.mean)]
      + [percentCell(old?.ninetiethPercentile), signedPercentCell(old?.bias)]
  }

  private var refusals: [String] {
    let groups = RefusalGroup.grouping(validation.refusals)
    guard !groups.isEmpty else { return [] }
    return ["", "refused:"] + groups.map { "  \($0.text)" }
  }
}
