import Foundation
import Testing

extension EndToEnd {
  /// Ranks that somebody else's mpirun has started.
  @Suite struct JoiningTests {
    @Test func `A world of the layout's size computes what a world of our own does`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      let joined = try await run.underMPI(ranks: 2, "metrics.file=joined.jsonl")
      let own = try await run.train("metrics.file=own.jsonl")
      #expect(joined.status == 0, "\(joined)")
      #expect(own.status == 0, "\(own)")
      let (left, right) = (try scratch.metrics("joined.jsonl"), try scratch.metrics("own.jsonl"))
      #expect(left.steps.count == 6)
      #expect(left.steps == right.steps)
      // One rank speaks, not each.
      #expect(joined.output.components(separatedBy: "training began").count == 2)
    }

    @Test func `A world of another size is refused with the arithmetic, once`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).underMPI(ranks: 2, "parallelism.dp=3")
      #expect(outcome.status == 65)
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      let line = outcome.errorLines.first ?? ""
      #expect(line.contains("dp 3 × tp 1 × pp 1 × cp 1 × ep 1 = 3, but the world has 2 ranks"))
      #expect(line.contains("set parallelism.dp to 2 or -1"))
      #expect(!scratch.exists("metrics.jsonl"))
    }

    @Test func `dp -1 takes the world`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).underMPI(ranks: 2, "parallelism.dp=-1")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try scratch.metrics().integer("ranks", of: "began") == 2)
    }

    @Test func `Joining overwrites an older run's checkpoints no more than starting does`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      _ = try await run.trainThreads("checkpoint.folder=older")
      let outcome = try await run.underMPI(ranks: 2, "checkpoint.folder=older", "training.steps=3")
      #expect(outcome.status == 65)
      #expect(outcome.errors.contains("already holds checkpoints up to step 6"), "\(outcome)")
      #expect(!scratch.exists("older/step-00000003"))
    }

    @Test func `--fresh removes an older run's checkpoints when joining, too`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      _ = try await run.trainThreads("checkpoint.folder=older")
      let outcome = try await run.underMPI(ranks: 2, "checkpoint.folder=older", "training.steps=3", "--fresh")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(scratch.exists("older/step-00000003"))
      #expect(!scratch.exists("older/step-00000006"))
    }

    @Test func `Ranks as threads are refused inside a world, where each process would run them all`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).underMPI(ranks: 2, "--transport", "threads")
      #expect(outcome.status == 64, "\(outcome)")
      #expect(outcome.errors.contains("--transport threads"), "\(outcome)")
      #expect(!scratch.exists("metrics.jsonl"))
    }

    @Test func `A mistake that only one rank can see is said by that rank`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      try scratch.write(Run.file.replacing("text.txt", with: "elsewhere.txt"), to: "other.yaml")
      let program = Orrery.executable.path
      let command =
        Run.mpirun(1) + [program, "train", Run.name] + [":", "-np", "1", program, "train", "other.yaml"]
      let outcome = try await Job(command, in: run.scratch).finish()
      #expect(outcome.status != 0)
      #expect(outcome.errors.contains("rank 1"), "\(outcome)")
      #expect(outcome.errors.contains("elsewhere.txt"), "\(outcome)")
    }
  }
}
