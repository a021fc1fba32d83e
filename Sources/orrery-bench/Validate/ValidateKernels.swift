import ArgumentParser
import Cluster
import Foundation
import GPUModel
import Measurements

/// Errors of the kernel model on a table of measured kernels.
struct ValidateKernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Kernel times: error by GPU, operation and type, beside a plain roofline.",
    discussion: """
      The table has the columns of kernels.csv; GPUs and shapes may be new. A row that no kernel describes is listed with the reason. \
      Rows that the constants were fitted to are known by their fingerprints in the calibration, and are shown apart.

      orrery-bench validate kernels kernels.csv
      orrery-bench validate kernels kernels.csv --cross-validate --leave-out-gpus --rows rows.csv
      """)

  @Argument(help: "A CSV file with the columns of kernels.csv.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(help: "Constants of this file instead of the built-in ones.") var calibration: String?
  @Option(help: "Another catalogue of GPUs, beside the built-in one.") var gpus: String?
  @Option(help: ArgumentHelp("Write every row with its prediction to a CSV file.", valueName: "file"))
  var rows: String?
  @Option(help: "Where the fits of the next two begin: constants that have seen none of the rows.")
  var start: String?
  @Flag(help: "Also judge each half of the rows by constants that are fitted to the other.") var crossValidate = false
  @Flag(help: "Also judge each GPU by constants that are fitted to its generation's other GPUs.")
  var leaveOutGpus = false
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard start != nil, !crossValidate, !leaveOutGpus else { return }
    throw ValidationError("--start is where fits begin; it needs --cross-validate or --leave-out-gpus.")
  }

  func run() throws {
    let builtIn = try GPUCatalogue.builtIn()
    let catalogue = try gpus.map(builtIn.adding) ?? builtIn
    let constants = try calibration.map { try Calibration(file: $0) } ?? Calibration.builtIn()
    let table = try KernelTable(parsing: TextFile(file).read(), name: file, catalogue)
    let validation = try KernelValidation(table.samples, refused: table.refusals, by: constants)
    var report = KernelReport(file, validation)
    report.add(
      "generation defaults alone", "By the generation's constants: nothing of the GPU's own, not even its host's part.",
      try CrossValidation.generationDefaults(table.samples, constants))
    try refit(table.samples, &report)
    print(json ? try report.json() : report.text)
    if let rows { try TextFile(rows).write(validation.csv) }
  }

  private func refit(_ samples: [KernelSample], _ report: inout KernelReport) throws {
    guard crossValidate || leaveOutGpus else { return }
    let start = try start.map { try Calibration(file: $0) } ?? Calibration.priors()
    let cross = CrossValidation(start: start, samples)
    if crossValidate {
      let note = "Each half of the rows by constants that were fitted to the other half."
      report.add("fitted to the other half", note, try cross.halves(progress))
    }
    if leaveOutGpus {
      let note = "Each GPU by constants fitted to its generation's other GPUs; a GPU without relatives by the start's."
      report.add("fitted without the GPU", note, try cross.gpus(progress))
    }
  }

  private func progress(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}

extension Calibration {
  fileprivate init(file: String) throws { try self.init(parsing: TextFile(file).read(), file: file) }
}
