import Foundation
import Testing

extension EndToEnd {
  /// A rank that dies, hangs or throws in the middle of a run ends all ranks within ten seconds, and is named.
  @Suite struct FaultTests {
    @Test func `A killed rank ends the run and is named in one line`() async throws {
      let (job, outcome) = try await run { scratch in
        for worker in scratch.processes where worker.rank == 1 { kill(worker.id, SIGKILL) }
      }
      #expect(outcome.status != 0)
      let expected = "orrery: error: rank 1 [dp1]: ended by signal 9 (Killed); all ranks were stopped"
      #expect(outcome.errorLines == [expected[...]], "\(outcome)")
      #expect(job.scratch.processes.isEmpty)
    }

    @Test func `A rank that hangs is named by the one that waits for it`() async throws {
      let (job, outcome) = try await run(with: "communication.collective_timeout=2 s") { scratch in
        for worker in scratch.processes where worker.rank == 0 { kill(worker.id, SIGSTOP) }
      }
      #expect(outcome.status == 70)
      // Only the first: the rank that hung wakes up to be ended, and may then complain of having waited, too.
      let line = outcome.errorLines.first ?? ""
      #expect(line.hasPrefix("orrery: error: rank 1 [dp1]: "), "\(outcome)")
      #expect(line.contains("waited 2.0 s for rank 0 [dp0], which does not answer"), "\(outcome)")
      #expect(job.scratch.processes.isEmpty)
    }

    @Test func `A rank that cannot write its checkpoint any more ends the run and is named`() async throws {
      let (job, outcome) = try await run(with: "checkpoint.folder=saved", "checkpoint.interval=50") { scratch in
        try FileManager.default.removeItem(at: scratch.file("saved"))
        try scratch.write("in the way", to: "saved")
      }
      #expect(outcome.status == 74)
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errorLines.first?.hasPrefix("orrery: error: rank 0 [dp0]: ") == true, "\(outcome)")
      #expect(outcome.errorLines.first?.contains("Not a directory") == true, "\(outcome)")
      // Nothing of the library's inner life: a user's eyes belong to the cause.
      #expect(!outcome.errors.contains("ORTE_ERROR_LOG"), "\(outcome)")
      #expect(job.scratch.processes.isEmpty)
    }

    @Test func `A token file that is cut off under the run ends it, and ranks are named`() async throws {
      let scratch = try Scratch()
      let prepared = try await scratch.orrery("data", "prepare", Scratch.textName, "--output", "prepared")
      #expect(prepared.status == 0, "\(prepared)")
      let (job, outcome) = try await run(Run.onPrepared, in: scratch) { scratch in
        try scratch.truncate("prepared/train.bin", to: 0)
      }
      #expect(outcome.status != 0)
      let named = outcome.errorLines.contains { $0.contains(/rank [01] \[dp[01]\]: ended by signal 7/) }
      #expect(named, "\(outcome)")
      #expect(job.scratch.processes.isEmpty)
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
    func `Interrupting the command ends all ranks`(signal: Int32) async throws {
      let scratch = try Scratch()
      let job = try await begin(Run(in: scratch), [])
      kill(job.launcher, signal)
      let limit = ContinuousClock.now + .seconds(10)
      while !scratch.processes.isEmpty, ContinuousClock.now < limit { try await Task.sleep(for: .milliseconds(20)) }
      let left = scratch.processes
      #expect(left.isEmpty, "still at work 10 s after signal \(signal)")
      scratch.killAll()
      let outcome = try await job.finish()
      #expect(outcome.bySignal || outcome.status != 0, "\(outcome)")
    }

    /// Starts two ranks for a run that has no end in sight, does something to it, and waits for its end.
    private func run(
      _ text: String = Run.file, in scratch: Scratch? = nil, with settings: String...,
      fault: (Scratch) throws -> Void
    ) async throws -> (Job, Outcome) {
      let job = try await begin(Run(text, in: scratch ?? Scratch()), settings)
      try fault(job.scratch)
      let start = ContinuousClock.now
      let outcome = try await job.finish()
      let elapsed = ContinuousClock.now - start
      #expect(elapsed < .seconds(10), "\(outcome)")
      return (job, outcome)
    }

    /// A run in full swing: both ranks have done steps.
    private func begin(_ run: Run, _ settings: [String]) async throws -> Job {
      let command = [Orrery.executable.path, "train", Run.name, "training.steps=1000000"] + settings
      let job = try Job(command, in: run.scratch)
      try await job.wait(for: "step 60") {
        guard run.scratch.exists("metrics.jsonl") else { return false }
        return try run.scratch.text("metrics.jsonl").contains("\"step\":60,")
      }
      return job
    }
  }
}
