import Foundation
import Testing

extension EndToEnd {
  /// Power cuts: everything of a run dies at once, with SIGKILL.
  @Suite struct InterruptionTests {
    static let settings = [
      "training.steps=240", "checkpoint.interval=10", "evaluation.iterations=1", "evaluation.interval=60",
    ]

    @Test func `A run that was killed at random moments goes on to the straight run's curve, bit for bit`() async throws
    {
      let seed = UInt64.random(in: 0..<1_000_000)
      print("moments of the kills are drawn with seed \(seed)")
      var moments = Moments(seed: seed)
      let (straight, broken) = (try Scratch(), try Scratch())
      let whole = try await Job(command(Run(in: straight)), in: straight).finish()
      #expect(whole.status == 0, "\(whole)")
      _ = try Run(in: broken)
      // A kill in the first steps would leave nothing to resume from: that is another test.
      let (first, second) = (moments.next(in: 11...110), moments.next(in: 130...220))
      try await kill(command(Run(in: broken)), in: broken, after: first, plus: moments.next(in: 0...20))
      try await kill(command(Run(in: broken), "--resume"), in: broken, after: second, plus: moments.next(in: 0...20))
      let last = try await Job(command(Run(in: broken), "--resume"), in: broken).finish()
      #expect(last.status == 0, "seed \(seed): \(last)")
      try expectSame(straight, broken, "seed \(seed): killed after steps \(first) and \(second)")
    }

    private func expectSame(_ straight: Scratch, _ broken: Scratch, _ comment: Comment) throws {
      let (left, right) = (try straight.metrics(), try broken.metrics())
      #expect(left.steps.map(\.step) == Array(1...240))
      #expect(left.steps == right.steps, comment)
      #expect(left.validationLosses == right.validationLosses, comment)
      for file in ["model.safetensors", "optimizer.safetensors"] {
        let name = "saved/step-00000240/\(file)"
        let same = try Data(contentsOf: straight.file(name)) == Data(contentsOf: broken.file(name))
        #expect(same, "\(file) differs; \(comment)")
      }
    }

    private func command(_ run: Run, _ more: String...) -> [String] {
      [Orrery.executable.path, "train", Run.name, "checkpoint.folder=saved"] + InterruptionTests.settings + more
    }

    /// Kills launcher, mpirun and ranks some milliseconds after the metrics show a step.
    private func kill(_ command: [String], in scratch: Scratch, after step: Int, plus delay: Int) async throws {
      let job = try Job(command, in: scratch)
      try await job.wait(for: "step \(step)") { try lastStep(scratch) >= step }
      try await Task.sleep(for: .milliseconds(delay))
      scratch.killAll()
      try await job.wait(for: "the death of all") { scratch.processes.isEmpty }
      let died = try lastStep(scratch)
      #expect(died < 240, "the run was over before the kill")
      print("killed after step \(step) and \(delay) ms, when step \(died) was written")
    }

    /// The last step that is whole in the metrics, which may end in the middle of a line.
    private func lastStep(_ scratch: Scratch) throws -> Int {
      guard scratch.exists("metrics.jsonl") else { return 0 }
      let text = try scratch.text("metrics.jsonl")
      return text.matches(of: /"step":(\d+),"time"/).compactMap { Int($0.1) }.last ?? 0
    }

    @Test func `A run that was killed before its first checkpoint says that there is nothing to resume`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).train("checkpoint.folder=saved", "--resume")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("holds no checkpoint to resume from\n  Start without --resume."))
      #expect(!scratch.exists("saved"))
    }

    @Test func `A run resumes in another layout, within rounding`() async throws {
      let (straight, broken) = (try Scratch(), try Scratch())
      _ = try await Run(in: straight).trainThreads("parallelism.dp=1")
      let run = try Run(in: broken)
      // The schedule is constant: a run of fewer steps is the same run, cut short.
      _ = try await run.trainThreads("training.steps=4", "checkpoint.folder=saved")
      let outcome = try await run.trainThreads("parallelism.dp=3", "checkpoint.folder=saved", "--resume")
      #expect(outcome.status == 0, "\(outcome)")
      let distance = try straight.metrics().steps.distance(to: broken.metrics().steps)
      #expect(distance <= 1e-10)
    }
  }
}

/// Numbers that look random and repeat with their seed (SplitMix64, Steele et al. 2014).
private struct Moments {
  var seed: UInt64

  mutating func next(in range: ClosedRange<Int>) -> Int {
    seed &+= 0x9E37_79B9_7F4A_7C15
    var value = (seed ^ (seed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return range.lowerBound + Int((value ^ (value >> 31)) % UInt64(range.count))
  }
}
