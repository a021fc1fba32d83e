import ArgumentParser
import Cluster
import Foundation
import GPUModel
import Measurements

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Fit the timing model's constants to measured kernels, and judge them on rows they have not seen.",
    discussion: """
      The table has the columns of docs/gpu-model.md; launch/measure-gpu.py makes one on a machine with a GPU. Constants are fitted \
      to one half of the rows and judged on the other, both ways. What is written is fitted to the first half, or to all rows.

      orrery calibrate measured.csv
      orrery calibrate measured.csv --all-rows --output calibration.yaml
      """)

  @Argument(help: "A CSV file of measured kernels.", completion: .file(extensions: ["csv"])) var file: String

  @Option(
    help: ArgumentHelp(
      "Constants that the fit starts from and stays near: the built-in ones, or what is expected before any "
        + "measurement where the built-in ones have seen some of the rows.", valueName: "file"))
  var start: String?

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the constants to a file.", valueName: "file"))
  var output: String?

  @Flag(help: "Replace the output file if it is there.") var force = false
  @Flag(help: "Fit the constants that are written to all rows, once the halves have been judged.") var allRows = false

  @Option(help: ArgumentHelp("The GPU of all rows, whatever the file says.", valueName: "name")) var gpuName: String?
  @Option(help: ArgumentHelp("Another catalogue of GPUs, beside the built-in one.", valueName: "file"))
  var gpus: String?

  func validate() throws {
    for (option, isSet) in [("--force", force), ("--all-rows", allRows)] where isSet && output == nil {
      throw ValidationError("\(option) is of the file that is written; it needs --output FILE.yaml.")
    }
    guard let output, !force, TextFile(output).isRegular else { return }
    throw ValidationError("--output \(output): the file is there already; --force replaces it.")
  }

  func run() throws {
    let table = try readTable()
    let start = try Start(start, for: table)
    let cross = CrossValidation(start: start.calibration, table.samples)
    let fit = CalibrationFit(start: start.calibration, rows(of: table))
    let report = CalibrationReport(
      table: table, start: start,
      before: try KernelValidation(table.samples, by: start.calibration, fitted: FittedRows()),
      after: try cross.halves { _ in },
      fitted: fit.isEmpty ? nil : try fitted(table, start.calibration, fit))
    try StandardOutput.print(report.text)
    try write(report.fitted)
  }

  private func readTable() throws -> KernelTable {
    let catalogue = try catalogue()
    if let gpuName { _ = try catalogue.gpu(named: gpuName) }
    let table = try KernelTable(parsing: TextFile(file).read(), name: file, catalogue, gpu: gpuName)
    guard !table.samples.isEmpty else {
      throw MeasurementError(CalibrationReport.nothing(in: table) + unknownGPUs(table, catalogue))
    }
    return table
  }

  /// What to do where rows name GPUs that the catalogue has not.
  private func unknownGPUs(_ table: KernelTable, _ catalogue: GPUCatalogue) -> String {
    let isKnown = table.refusals.allSatisfy { (try? catalogue.gpu(named: $0.gpuName)) != nil }
    return isKnown || gpuName != nil
      ? ""
      : "; describe the GPU in a file like Sources/Cluster/Catalogue/hopper.yaml and name that with --gpus FILE.yaml, or say "
        + "which one it is with --gpu-name"
  }

  /// What the constants are fitted to.
  private func rows(of table: KernelTable) -> [KernelSample] {
    allRows ? table.samples : table.samples.filter(\.isFitted)
  }

  private func fitted(_ table: KernelTable, _ start: Calibration, _ fit: CalibrationFit) throws -> Calibration {
    let rows = rows(of: table)
    var result = try fit.fitted()
    let name = URL(filePath: file).lastPathComponent
    let day = Date.now.formatted(.iso8601.year().month().day())
    result.provenance.append("\(rows.count) of \(table.rows) rows of \(name), by orrery calibrate on \(day)")
    result.fittedRows = try FittedRows(of: start).union(FittedRows(rows)).lines
    return result
  }
}

extension CalibrateCommand {
  private func catalogue() throws -> GPUCatalogue {
    let builtIn = try GPUCatalogue.forCommands()
    return try gpus.map(builtIn.adding) ?? builtIn
  }

  private func write(_ calibration: Calibration?) throws {
    guard let output else {
      return try StandardOutput.print("Nothing was written; --output FILE.yaml keeps the constants.")
    }
    guard let calibration else { throw MeasurementError("\(output): is not written: nothing was fitted") }
    do { try TextFile(output).write(calibration.text) } catch {
      throw Failure(code: .output, text: error.description).error
    }
    try StandardOutput.print("The constants are in \(output).")
  }
}

/// Where a fit begins.
struct Start {
  var calibration: Calibration
  var name: String
  /// Rows of the table that the constants have seen already.
  var seen: Int

  /// - Parameter file: nil for the built-in constants, or the priors where those have seen some of the rows.
  init(_ file: String?, for table: KernelTable) throws {
    if let file {
      calibration = try Calibration(parsing: TextFile(file).read(), file: file)
      name = file
    } else {
      (calibration, name) = (try .builtIn(), "the built-in constants")
    }
    seen = try Start.seen(calibration, table)
    guard file == nil, seen > 0 else { return }
    (calibration, name, seen) = (try .priors(), "what is expected before any measurement", 0)
  }

  private static func seen(_ calibration: Calibration, _ table: KernelTable) throws -> Int {
    let rows = try FittedRows(of: calibration)
    return table.samples.count(where: rows.contains)
  }
}
