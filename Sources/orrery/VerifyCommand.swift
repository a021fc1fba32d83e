import ArgumentParser
import Configuration
import Foundation
import Program
import Training

struct VerifyCommand: ParsableCommand {
  enum TransportName: String, CaseIterable, ExpressibleByArgument { case threads }

  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Prove that a configuration's layout computes what one process computes.",
    discussion: """
      Runs the layout on ranks that are threads, and beside it the same run in one process, on the same samples. Compares,
      at every step: the output and the input gradient of every block, for every sample and token; the loss; the summed
      gradient of every parameter, and their norm; every parameter after the update. Prints the first tensor that leaves the
      error budget, or the largest error of each kind.

      An error is ‖difference‖ / ‖what one process has‖. Budgets without --tolerance: fp64 1e-9, fp32 1e-3, fp16 1e-1,
      bf16 2e-1; rounding grows with steps. The sharpest proof of a layout is in fp64:
      orrery verify RUN.yaml precision=fp64

      Exit codes: 0 all is within the budget, 1 a tensor is not; 64, 65, 70 as everywhere.
      """)

  @Argument(help: "The run's YAML file.", completion: .file(extensions: ["yaml", "yml"]))
  var config: String

  @Argument(help: "Settings that take precedence over the file, as key.path=value.")
  var overrides: [String] = []

  @Option(help: "Optimizer steps to compare.")
  var steps = 3

  @Option(help: "The largest error that passes, instead of the precision's budget.")
  var tolerance: Double?

  @Option(help: "How ranks talk: as threads of this process.")
  var transport = TransportName.threads

  func validate() throws {
    guard steps > 0 else { throw ValidationError("--steps \(steps): compare one step at least.") }
    if let tolerance, !(tolerance > 0 && tolerance.isFinite) {
      throw ValidationError("--tolerance \(tolerance): an error budget is a number above zero, as 1e-6.")
    }
  }

  func run() throws {
    if let world = World.fromEnvironment(), world.size > 1 {
      throw Failure(
        code: .usage,
        text: "verify runs all ranks as threads of one process, but \(world.size) processes were started; start one"
      ).error
    }
    let configuration = try RunConfiguration.load(file: config, overrides: overrides)
    try configuration.checkThreads()
    let start = StartOptions(resume: false, fresh: false, initFrom: nil, terminalWidth: nil)
    let preparation = try Preparation(configuration, ranks: configuration.defaultRanks, start)
    let report = try VerifySession(preparation, steps: steps, tolerance: tolerance).run()
    for line in report.lines { try StandardOutput.print(line) }
    guard report.isSound else { throw VerifyCommand.mismatch }
  }

  /// What the shell is told when the layout computes something else: no code of sysexits.h, as nothing failed.
  private static let mismatch = ExitCode(1)
}

extension RunConfiguration {
  fileprivate func checkThreads() throws {
    guard communication.allReduce == .library else { return }
    throw Failure(
      code: .data,
      text: "communication.all_reduce 'mpi' does not fit verify, whose ranks are threads, which have no MPI; "
        + "choose ring, recursive or tree"
    ).error
  }
}
