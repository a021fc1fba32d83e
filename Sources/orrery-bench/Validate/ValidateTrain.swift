import ArgumentParser
import Cluster
import Foundation
import GPUModel
import Measurements
import Quantities

/// Errors of whole steps on a table of measured training configurations.
struct ValidateTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Step times of runs on one GPU: predicted, measured, error.",
    discussion: """
      The table has the columns of train_throughput.csv; a row that is not modelled is counted with the reason.

      orrery-bench validate train train_throughput.csv
      """)

  @Argument(help: "A CSV file with the columns of train_throughput.csv.", completion: .file(extensions: ["csv"]))
  var file: String

  func run() throws {
    let table = try CSVTable(parsing: TextFile(file).read(), name: file, requiring: StepMeasurement.columns)
    let (catalogue, calibration) = (try GPUCatalogue.builtIn(), try Calibration.builtIn())
    var refused: [StepMeasurement.Refusal] = []
    var rows: [Row] = []
    for row in table.rows {
      do { rows.append(try Row(row, catalogue, calibration)) } catch { refused.append(error) }
    }
    for row in rows { print(row.text) }
    for (group, rows) in Dictionary(grouping: rows, by: \.measurement.group).sorted(by: { $0.key < $1.key }) {
      print("\(group): \(Row.summary(rows))")
    }
    if !rows.isEmpty { print("all: \(Row.summary(rows))") }
    if !refused.isEmpty { print("refused:") }
    for group in RefusalGroup.grouping(refused) { print("  \(group.text)") }
  }
}

extension ValidateTrain {
  /// A prediction beside its measurement.
  struct Row {
    var measurement: StepMeasurement
    var seconds, roofline: Double

    init(
      _ row: CSVTable.Row, _ catalogue: GPUCatalogue, _ calibration: Calibration
    ) throws(StepMeasurement.Refusal) {
      let step = try SingleGPUStep(StepMeasurement(row), catalogue)
      (measurement, seconds, roofline) = (step.measurement, try step.seconds(calibration), step.roofline)
    }

    var error: Double { seconds / measurement.seconds - 1 }

    var text: String {
      let name = "\(measurement.gpuName), \(measurement.model), \(measurement.globalBatch) × \(measurement.sequence)"
      let times = "\(milliseconds(seconds)) predicted, \(milliseconds(measurement.seconds)) measured"
      return "\(name), \(measurement.scope.rawValue): \(times), \(percent(error))"
    }

    private func milliseconds(_ seconds: Double) -> String { "\(fixed(seconds * 1e3, decimals: 1)) ms" }
    private func percent(_ share: Double) -> String { (share < 0 ? "" : "+") + fixed(share * 100, decimals: 1) + " %" }

    static func summary(_ rows: [Row]) -> String {
      let sizes = rows.map { abs($0.error) }.sorted()
      let mean = sizes.reduce(0, +) / Double(sizes.count)
      let roofline = rows.reduce(0) { $0 + abs($1.roofline / $1.measurement.seconds - 1) } / Double(rows.count)
      return "\(rows.count) rows, mean \(fixed(mean * 100, decimals: 1)) %, median "
        + "\(fixed(sizes[sizes.count / 2] * 100, decimals: 1)) %, worst \(fixed(sizes.last! * 100, decimals: 1)) %; "
        + "FLOPs at peak \(fixed(roofline * 100, decimals: 1)) %"
    }
  }
}
