import Cluster
import Foundation
import GPUModel
import Measurements

/// Files and rows that the tests share.
enum TestData {
  static let catalogue = try! GPUCatalogue.builtIn()
  static let constants = try! Calibration.builtIn()
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

  /// The Python of the search path.
  static let python: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/python3" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  /// 60 rows of `kernels.csv`.
  static let fixture = try! KernelTable(parsing: fixtureText, name: "kernels.csv", catalogue)

  static let fixtureText: String = {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/kernels.csv")
    return try! String(contentsOf: file, encoding: .utf8)
  }()

  /// A table of one row.
  static func table(_ cells: [String: String]) throws -> KernelTable {
    let cells = cells.sorted { $0.key < $1.key }
    let text = [cells.map(\.key), cells.map { "\"\($0.value)\"" }].map { $0.joined(separator: ",") }
    return try KernelTable(parsing: text.joined(separator: "\n"), name: "row.csv", catalogue)
  }

  /// A measured matrix product: what the rows of the tests start from.
  static let product = [
    "id": "a", "gpu": "A100-SXM4-80GB", "op": "gemm", "dtype": "bf16", "m": "2048", "n": "4096", "k": "1024",
    "layout": "TN", "latency_us": "100", "launch_overhead": "no (CUDA graph)",
  ]

  /// Samples whose times are what a calibration predicts, times a factor of each.
  static func samples(
    _ rows: [[String: String]], timedBy calibration: Calibration, _ factor: (Int) -> Double = { _ in 1 }
  ) throws -> [KernelSample] {
    try rows.enumerated().map { index, row in
      var sample = try table(row.merging(["id": "s\(index)", "latency_us": "1"]) { $1 }).samples[0]
      let (kernel, launch) = (sample.measurement.kernel, sample.measurement.launch)
      let model = try KernelModel(sample.gpu, calibration, library: sample.library)
      sample.measurement.seconds = try model.seconds(kernel, launched: launch) * factor(index)
      return sample
    }
  }
}
