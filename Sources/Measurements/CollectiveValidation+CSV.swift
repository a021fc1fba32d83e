import Foundation
import NetworkModel
import Quantities

extension CollectiveValidation {
  private static let columns = [
    "id", "group", "machine", "op", "size_bytes", "half", "measured_us", "predicted_us", "error_pct", "latency_us",
    "bandwidth_us", "algorithm", "protocol", "refused",
  ]

  /// Every row of the table: its prediction, or why there is none.
  package var csv: String {
    let rows = judgements.map(\.cells) + refusals.map(\.cells)
    return ([Self.columns] + rows).map { $0.map(csvCell).joined(separator: ",") + "\n" }.joined()
  }
}

extension CollectiveJudgement {
  fileprivate var cells: [String] {
    let identity = [
      sample.id, sample.group, sample.machine, sample.operation, "\(sample.request.bytes.value)",
      sample.isFitted ? "fitted" : "other",
    ]
    let figures = [
      sample.seconds * 1e6, predicted.seconds * 1e6, error * 100, predicted.latencyPart * 1e6,
      predicted.bandwidthPart * 1e6,
    ]
    return identity + figures.map { String(format: "%.6g", $0) }
      + [predicted.algorithm.rawValue, predicted.wireProtocol.rawValue, ""]
  }
}

extension CollectiveMeasurement.Refusal {
  fileprivate var cells: [String] { [id, "", gpuName, operation] + Array(repeating: "", count: 9) + [reason] }
}

/// A cell as RFC 4180 has it.
private func csvCell(_ cell: String) -> String {
  guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
  return "\"\(cell.replacing("\"", with: "\"\""))\""
}
