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
    guard let output, !force, TextFile(output).isRegular else { return }
    throw ValidationError("--output \(output): the file is there already; --force replaces it.")
  }

  func run() throws {
    let table = try readTable()
    let start = try Start(start, for: table)
    let cross = CrossValidation(start: start.calibration, table.samples)
    let report = CalibrationReport(
      table: table, start: start,
      before: try KernelValidation(table.samples, by: start.calibration, fitted: FittedRows()),
      after: try cross.halves { _ in },
      fitted: try fitted(table, start.calibration))
    print(report.text)
    try write(report.fitted)
  }

  private func readTable() throws -> KernelTable {
    let catalogue = try catalogue()
    if let gpuName { _ = try catalogue.gpu(named: gpuName) }
    let table = try KernelTable(parsing: TextFile(file).read(), name: file, catalogue, gpu: gpuName)
    for name in Set(table.refusals.map(\.gpuName)).sorted() { try requireKnown(name, catalogue) }
    guard !table.samples.isEmpty else { throw MeasurementError(CalibrationReport.nothing(in: table)) }
    return table
  }

  private func requireKnown(_ name: String, _ catalogue: GPUCatalogue) throws {
    do { _ = try catalogue.gpu(named: name) } catch {
      throw MeasurementError(
        "\(file): gpu: \(error); or describe the GPU in a file like Sources/Cluster/Catalogue/hopper.yaml and name that with "
          + "--gpus FILE.yaml, or say which one it is with --gpu-name")
    }
  }

  private func fitted(_ table: KernelTable, _ start: Calibration) throws -> Calibration {
    let rows = allRows ? table.samples : table.samples.filter(\.isFitted)
    var result = try CalibrationFit(start: start, rows).fitted()
    let name = URL(filePath: file).lastPathComponent
    let day = Date.now.formatted(.iso8601.year().month().day())
    result.provenance.append("\(rows.count) of \(table.rows) rows of \(name), by orrery calibrate on \(day)")
    result.fittedRows = try FittedRows(of: start).union(FittedRows(rows)).lines
    return result
  }
}

extension CalibrateCommand {
  private func catalogue() throws -> GPUCatalogue {
    guard let gpus else { return try .forCommands() }
    let own = try GPU.read(yaml: TextFile(gpus).read(), file: gpus, limits: MultiprocessorLimits.builtIn())
    let all = GPUCatalogue(try GPUCatalogue.forCommands().gpus + own)
    try all.refuseSharedNames()
    return all
  }

  private func write(_ calibration: Calibration) throws {
    guard let output else { return print("Nothing was written; --output FILE.yaml keeps the constants.") }
    do { try TextFile(output).write(calibration.text) } catch {
      throw Failure(code: .output, text: error.description).error
    }
    print("The constants are in \(output).")
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
