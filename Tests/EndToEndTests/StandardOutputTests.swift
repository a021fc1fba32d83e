import Foundation
import Testing

extension EndToEnd {
  /// Output that nobody gets: on a full disk it is an error, behind `head` it is not.
  @Suite struct StandardOutputTests {
    private static let reason = "standard output: cannot be written: No space left on device (errno 28)\n"

    private func shell(_ command: String) async throws -> (outcome: Outcome, scratch: Scratch) {
      let scratch = try Scratch()
      _ = try Run(in: scratch)
      return (try await Job(["/bin/sh", "-c", "\(Orrery.executable.path) \(command)"], in: scratch).finish(), scratch)
    }

    @Test(arguments: [
      "gpus", "gpus --json H100", "schedule 1f1b --stages 4 --micro-batches 8",
      "schedule 1f1b --stages 4 --micro-batches 8 --csv -", "estimate run.yaml simulation.precision=bf16",
      "compare run.yaml simulation.precision=bf16 --vary parallelism.dp=1,2", "data prepare text.txt -o prepared",
      "train run.yaml --show-mesh", "train --help-config", "estimate --help",
    ])
    func `A report that cannot be written is a failure`(command: String) async throws {
      let (outcome, _) = try await shell("\(command) >/dev/full")
      #expect(outcome.status == 74 && !outcome.bySignal, "\(outcome)")
      #expect(outcome.errors == "orrery: error: \(Self.reason)", "\(outcome)")
    }

    @Test(arguments: [("threads", "rank 0 [dp0]: "), ("mpi", "")])
    func `A run whose lines cannot be written ends all ranks with the reason`(
      transport: String, rank: String
    ) async throws {
      let (outcome, scratch) = try await shell("train run.yaml --transport \(transport) >/dev/full")
      #expect(outcome.status == 74 && !outcome.bySignal, "\(outcome)")
      #expect(outcome.errors == "orrery: error: \(rank)\(Self.reason)", "\(outcome)")
      #expect(scratch.processes.isEmpty)
    }

    @Test(arguments: ["threads", "mpi"])
    func `A reader that leaves ends a run without a word`(transport: String) async throws {
      let settings = "training.steps=100000 metrics.log_freq=1 --transport \(transport)"
      let (outcome, scratch) = try await shell("train run.yaml \(settings) | head -n 1")
      #expect(outcome.errors.isEmpty && outcome.output.split(separator: "\n").count == 1, "\(outcome)")
      #expect(scratch.processes.isEmpty)
    }
  }
}
