import ArgumentParser
import Cluster
import GPUModel
import Measurements

/// Options of commands that predict: what a user knows beside what is built in.
struct GPUKnowledge: ParsableArguments {
  @Option(
    help: ArgumentHelp("Constants from orrery calibrate instead of the built-in ones.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var calibration: String?

  @Option(
    help: ArgumentHelp("GPUs of your own, written as in the catalogue, beside it.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var gpus: String?

  /// - Errors: a file that cannot be read, or that is no calibration.
  func constants() throws -> Calibration {
    guard let calibration else { return try .forCommands() }
    return try Calibration(parsing: TextFile(calibration).read(), file: calibration)
  }

  /// - Errors: a file that breaks a rule of the catalogue; a name that means no GPU, in the words of the command line.
  func gpu(named name: String) throws -> GPU {
    guard let gpus else { return try GPU(argument: name, option: "--gpu") }
    let catalogue = try GPUCatalogue.forCommands().adding(file: gpus)
    do { return try catalogue.gpu(named: name) } catch { throw ValidationError("--gpu \(error)") }
  }
}
