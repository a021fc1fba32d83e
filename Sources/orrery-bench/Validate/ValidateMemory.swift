import ArgumentParser
import Cluster
import Measurements

/// Errors of the memory account on a table of measured and published figures.
struct ValidateMemory: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memory", abstract: "Memory of a rank: predicted, measured, error, by source.",
    discussion: """
      The table has the columns of memory.csv; a row that is not modelled is counted with the reason. Every prediction is a step \
      of the training program on shapes, with what the row's framework is known to hold beside it.

      orrery-bench validate memory memory.csv
      orrery-bench validate memory memory.csv --svg parity.svg
      """)

  @Argument(help: "A CSV file with the columns of memory.csv.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(help: ArgumentHelp("Draw predicted against measured sizes as an SVG picture.", valueName: "file"))
  var svg: String?
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let table = try CSVTable(parsing: TextFile(file).read(), name: file, requiring: MemoryMeasurement.columns)
    let catalogue = try GPUCatalogue.builtIn()
    var report = MemoryReport(file: file)
    for row in table.rows {
      do {
        let measurement = try MemoryMeasurement(row)
        report.add(measurement, try MemoryPrediction(measurement, catalogue))
      } catch { report.refuse(error) }
    }
    print(json ? try report.json() : report.text)
    if let svg { try PictureFile(path: svg).write(report.plot) }
  }
}
