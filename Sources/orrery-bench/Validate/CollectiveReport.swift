import Foundation
import Measurements
import Quantities

/// What a validation of collectives found, as text of at most 120 columns, or as JSON.
struct CollectiveReport {
  let file: String
  let validation: CollectiveValidation
  /// The same rows, each half by constants fitted to the other.
  var halves: CollectiveValidation?

  init(_ file: String, _ validation: CollectiveValidation) { (self.file, self.validation) = (file, validation) }

  var text: String {
    ([heading, "", legend, "", table(validation)] + again + refusals).joined(separator: "\n")
  }

  private var heading: String {
    "\(file): \(validation.rows) rows; \(validation.judgements.count) modelled, \(validation.refusals.count) refused"
  }

  private var legend: String {
    """
    Errors are predicted / measured - 1, in %. mean, p90: of their sizes; bias: their mean, above 0 too slow; bytes: mean
    of the bytes alone at the data sheet's bandwidth. small: below 16 MiB; large: from 16 MiB up. Machine: nodes × ranks.
    """
  }

  private var again: [String] {
    guard let halves else { return [] }
    return ["", "Each half of the rows by constants that were fitted to the other half:", "", table(halves)]
  }

  private func table(_ validation: CollectiveValidation) -> String {
    let machines = validation.machines.flatMap { machine in
      [machine.all]
        + machine.operations.map { operation in
          var indented = operation
          indented.title = "  \(operation.title)"
          return indented
        }
    }
    let titles = ["", "small", "mean", "p90", "bias", "bytes", "large", "mean", "p90", "bias", "bytes"]
    let groups: [CollectiveValidation.Group?] = [validation.all] + validation.fabrics + [nil] + machines
    return TextTable([titles] + groups.map(cells)).lines.joined(separator: "\n")
  }

  private func cells(_ group: CollectiveValidation.Group?) -> [String] {
    guard let group else { return Array(repeating: "", count: 11) }
    return [group.title] + cells(group.small) + cells(group.large)
  }

  private func cells(_ errors: ErrorSummary?) -> [String] {
    guard let errors else { return ["-", "", "", "", ""] }
    return ["\(errors.rows)", percentCell(errors.mean), percentCell(errors.ninetiethPercentile)]
      + [signedPercentCell(errors.bias), percentCell(errors.rooflineMean)]
  }

  private var refusals: [String] {
    let groups = RefusalGroup.grouping(validation.refusals)
    guard !groups.isEmpty else { return [] }
    return ["", "refused:"] + groups.map { "  \($0.text)" }
  }
}
