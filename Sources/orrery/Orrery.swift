import ArgumentParser
import Foundation
import Host

/// The command line. One place turns errors into text and exit codes.
@main
struct Orrery: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "orrery",
    abstract:
      "A working model of a GPU training cluster: every simulated GPU is one process, and the numbers are real.",
    subcommands: [
      TrainCommand.self, VerifyCommand.self, ScheduleCommand.self, GenerateCommand.self, DataCommand.self,
      CheckpointCommand.self, GPUsCommand.self, OccupancyCommand.self, KernelCommand.self, RooflineCommand.self,
      EstimateCommand.self, CompareCommand.self, InferenceCommand.self, CalibrateCommand.self,
    ])

  static func main() {
    if let problem = processorProblem() { Failure(code: .software, text: problem).exit() }
    useOneMatmulThread()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let exit as ExitCode {
      Foundation.exit(exit.rawValue)
    } catch {
      guard let failure = Failure(error) else { self.exit(withError: error) }
      failure.exit()
    }
  }
}
