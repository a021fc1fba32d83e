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
      EstimateCommand.self, CompareCommand.self, CollectiveCommand.self, InferenceCommand.self, CalibrateCommand.self,
    ])

  static func main() {
    // Some parents have it ignored, and children inherit that: a reader that has gone ends the program without a word.
    signal(SIGPIPE, SIG_DFL)
    if let problem = processorProblem() { Failure(code: .software, text: problem).exit() }
    useOneMatmulThread()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let exit as ExitCode {
      Foundation.exit(exit.rawValue)
    } catch {
      guard let failure = Failure(error) else { end(with: error) }
      failure.exit()
    }
  }

  /// The argument parser prints best what is its own; but what was asked for, a help text, is output as any other.
  private static func end(with error: any Error) -> Never {
    guard exitCode(for: error).isSuccess else { exit(withError: error) }
    do { try StandardOutput.print(fullMessage(for: error)) } catch { Failure(error)!.exit() }
    Foundation.exit(ExitCode.success.rawValue)
  }
}
