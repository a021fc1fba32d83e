import ArgumentParser
import Measurements

/// Errors of whole steps on a table of measured training configurations.
struct ValidateTrain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train", abstract: "Step times of training runs: predicted, measured, error by source.",
    discussion: """
      The table has the columns of train_throughput.csv; GPUs, frameworks and layouts may be new. A row that is not modelled is \
      listed with the reason. A row's cluster is its GPU's usual node with the links that the row names; its kernels are those that \
      its framework is known to launch.

      orrery-bench validate train train_throughput.csv
      orrery-bench validate train train_throughput.csv --rows rows.csv --svg parity.svg
      """)

  @Argument(help: "A CSV file with the columns of train_throughput.csv.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(help: ArgumentHelp("Write every row with its prediction to a CSV file.", valueName: "file"))
  var rows: String?
  @Option(help: ArgumentHelp("Draw predicted against measured times as an SVG picture.", valueName: "file"))
  var svg: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let table = try CSVTable(parsing: TextFile(file).read(), name: file, requiring: StepSample.columns)
    let report = try TrainRows(table: table).report()
    print(json ? try report.json() : report.text)
    if let rows { try TextFile(rows).write(report.csv) }
    if let svg { try PictureFile(path: svg).write(report.plot) }
  }
}
