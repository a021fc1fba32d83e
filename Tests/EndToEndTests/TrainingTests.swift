import Foundation
import Testing

extension EndToEnd {
  @Suite struct TrainingTests {
    @Test(arguments: [1, 2, 3])
    func `Ranks as processes and ranks as threads compute the same bits, and what one rank computes`(
      ranks: Int
    ) async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      let evaluation = "evaluation.iterations=2"
      let mpi = try await run.train("parallelism.dp=\(ranks)", "metrics.file=mpi.jsonl", evaluation)
      let threads = try await run.trainThreads("parallelism.dp=\(ranks)", "metrics.file=threads.jsonl", evaluation)
      let one = try await run.trainThreads("parallelism.dp=1", "metrics.file=one.jsonl", evaluation)
      for outcome in [mpi, threads, one] { #expect(outcome.status == 0, "\(outcome)") }
      let (left, right) = (try scratch.metrics("mpi.jsonl"), try scratch.metrics("threads.jsonl"))
      let single = try scratch.metrics("one.jsonl")
      #expect(left.steps.map(\.step) == Array(1...6))
      #expect(left.steps == right.steps)
      #expect(left.validationLosses == right.validationLosses)
      let distance = left.steps.distance(to: single.steps)
      #expect(distance <= 1e-10)
      // A run that learns nothing would agree with everything.
      #expect(left.steps.last!.loss < left.steps.first!.loss - 0.05)
    }

    @Test func `Ledger, transport and metrics agree about a step's bytes, and the screen says so`() async throws {
      let scratch = try Scratch()
      let outcome = try await Run(in: scratch).train()
      let metrics = try scratch.metrics()
      let (ledger, transport) = (
        metrics.integer("sent_bytes_per_step", of: "ended"), metrics.integer("transport_bytes_per_step", of: "ended")
      )
      #expect(ledger == transport && ledger ?? 0 > 0)
      #expect(outcome.output.contains("by the transport (equal to the byte)"))
    }

    @Test func `dp -1 without a world takes every core`() async throws {
      let scratch = try Scratch()
      let run = try Run(Run.file.replacing("global_batch_size: 12", with: "micro_batch_size: 1"), in: scratch)
      let outcome = try await run.trainThreads("parallelism.dp=-1", "training.steps=1")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(try scratch.metrics().integer("ranks", of: "began") == ProcessInfo.processInfo.activeProcessorCount)
    }

    @Test func `A run without mpirun on the path says what to install`() async throws {
      let outcome = try await Run(in: try Scratch()).train(environment: ["PATH": "/nonexistent"])
      #expect(outcome.status == 70)
      #expect(outcome.errors.contains("apt-get install openmpi-bin"))
      #expect(outcome.errors.contains("--transport threads"))
    }
  }
}
