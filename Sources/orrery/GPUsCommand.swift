import ArgumentParser
import Cluster

struct GPUsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gpus",
    abstract: "List the GPUs that are known, or all that is known of one.",
    discussion: """
      Names are understood as people write them: A100, H100-SXM5-80GB, NVIDIA A100 80GB PCIe, rtx 4090.

      orrery gpus
      orrery gpus H100
      """)

  @Argument(help: "A GPU; without it, all are listed.")
  var name: String?

  @Flag(help: "Print JSON; figures are in bytes, hertz, FLOP/s, bytes per second and watts.")
  var json = false

  func validate() throws { _ = try name.map { try GPU(argument: $0, option: "NAME") } }

  func run() throws {
    if let name {
      let gpu = try GPU(argument: name, option: "NAME")
      try StandardOutput.print(json ? jsonText(GPURecord(gpu)) : GPUReport(gpu).text)
    } else {
      let gpus = try GPUCatalogue.forCommands().gpus
      try StandardOutput.print(json ? jsonText(gpus.map(GPURecord.init)) : GPUTable(gpus).text)
    }
  }
}

extension GPUCatalogue {
  /// What is built in. That it cannot be read is our mistake, not the user's.
  static func forCommands() throws -> GPUCatalogue {
    do { return try builtIn() } catch { throw Failure(code: .software, text: error.description).error }
  }
}

extension GPU {
  /// - Errors: a name that means none, in the words of the command line.
  init(argument text: String, option: String) throws {
    let catalogue = try GPUCatalogue.forCommands()
    do { self = try catalogue.gpu(named: text) } catch { throw ValidationError("\(option) \(error)") }
  }
}
