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
    csvText([Self.columns] + judgements.map(\.cells) + refusals.map(\.cells))
  }
}

extension CollectiveJudgement {
  fileprivate var cells: [String] {
    let identity = [
      sample.id, sample.group, sample.machine, sample.operation, "\(sample.request.bytes.value)",
      sample.isInFirstHalf ? "first" : "second",
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
