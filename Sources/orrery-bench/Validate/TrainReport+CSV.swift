import Foundation
import Measurements

extension TrainReport {
  private static let columns = [
    "id", "group", "framework", "gpu", "n_gpus", "half", "measured_s", "predicted_s", "error_pct", "compute_pct",
    "exposed_pct", "bubble_pct", "launching_pct", "stands_for", "refused",
  ]

  /// Every row of the table: its prediction and where its time goes, or why there is none.
  var csv: String {
    csvText([Self.columns] + judgements.map(\.cells) + refusals.map(\.cells))
  }
}

extension TrainReport.Judgement {
  fileprivate var cells: [String] {
    let row = sample.configuration
    let shares = prediction.shares.map { [$0.compute, $0.exposed, $0.bubble, $0.launching] }
    return [row.id, row.group, row.framework, row.gpuName, "\(row.gpus ?? 1)", sample.half?.rawValue ?? ""]
      + [sample.seconds, prediction.seconds, error * 100].map(number)
      + (shares.map { $0.map { number($0 * 100) } } ?? ["", "", "", ""])
      + [prediction.substitutions.joined(separator: "; "), ""]
  }

  private func number(_ value: Double) -> String { String(format: "%.6g", value) }
}

extension StepMeasurement.Refusal {
  fileprivate var cells: [String] { [id, group] + Array(repeating: "", count: 12) + [reason] }
}
