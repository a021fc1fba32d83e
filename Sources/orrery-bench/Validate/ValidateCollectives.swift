import ArgumentParser
import Cluster
import Foundation
import Measurements
import NetworkModel

/// Errors of the network model on a table of measured collectives.
struct ValidateCollectives: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collectives",
    abstract: "Collectives: error by machine, operation and size, beside bytes over bandwidth.",
    discussion: """
      The table has the columns of collectives.csv; machines and sizes may be new. A row that is not modelled is listed with \
      the reason. \
      A machine is a GPU with its links, nodes × ranks of a node; small is below 16 MiB.

      orrery-bench validate collectives collectives.csv
      orrery-bench validate collectives collectives.csv --cross-validate --rows rows.csv
      """)

  @Argument(help: "A CSV file with the columns of collectives.csv.", completion: .file(extensions: ["csv"]))
  var file: String

  @Option(help: "Constants of this file instead of the built-in ones.") var constants: String?
  @Option(help: ArgumentHelp("Write every row with its prediction to a CSV file.", valueName: "file"))
  var rows: String?
  @Option(help: ArgumentHelp("Fit the constants to all rows and write them to a file.", valueName: "file"))
  var fit: String?
  @Option(help: "Where fits begin, and what they stay near, instead of the built-in priors.") var prior: String?
  @Flag(help: "Also judge each half of the rows by constants that are fitted to the other.") var crossValidate = false
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    let table = try CollectiveTable(parsing: TextFile(file).read(), name: file, GPUCatalogue.builtIn())
    let constants = try constants.map { try NetworkConstants(parsing: TextFile($0).read(), file: $0) }
    let start = try constants ?? NetworkConstants.builtIn()
    let validation = CollectiveValidation(table.samples, refused: table.refusals, by: start)
    var report = CollectiveReport(file, validation)
    let prior = try prior.map { try NetworkConstants(parsing: TextFile($0).read(), file: $0) } ?? .priors()
    if crossValidate { report.halves = try CollectiveValidation(crossValidating: table.samples, start: prior) }
    print(json ? try report.json() : report.text)
    if let rows { try TextFile(rows).write((report.halves ?? validation).csv) }
    if let fit { try TextFile(fit).write(CollectiveFit(start: prior, table.samples).fitted(progress).text) }
  }

  private func progress(_ line: String) { FileHandle.standardError.write(Data("\(line)\n".utf8)) }
}
