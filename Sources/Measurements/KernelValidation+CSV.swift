import Cluster
import Foundation
import GPUModel

extension KernelValidation {
  private static let columns = [
    "id", "group", "gpu", "catalogue_gpu", "op", "dtype", "family", "library", "launch", "half", "measured_us",
    "predicted_us", "error_pct", "roofline_us", "roofline_error_pct", "limiter", "tile", "refused",
  ]

  /// Every row of the table: its prediction, or why there is none.
  package var csv: String {
    csvText([Self.columns] + judgements.map(\.cells) + refusals.map(\.cells))
  }
}

extension KernelJudgement {
  fileprivate var cells: [String] {
    let row = sample.measurement
    let identity = [
      row.id, row.group, row.gpuName, sample.gpu.name, row.operation, row.type, sample.family.rawValue,
      sample.library ?? "", row.launch.rawValue, isFitted ? "fitted" : "unseen",
    ]
    let figures = [row.seconds * 1e6, predicted * 1e6, error * 100, roofline * 1e6, rooflineError * 100]
    return identity + figures.map { String(format: "%.6g", $0) } + [limiter.rawValue, tile, ""]
  }
}

extension KernelMeasurement.Refusal {
  fileprivate var cells: [String] {
    [id, "", gpuName, "", operation] + Array(repeating: "", count: 12) + [reason]
  }
}
