import Foundation
import Testing

extension EndToEnd {
  /// Layouts as a user runs them: processes under mpirun against one process, and what their transports counted.
  @Suite struct LayoutTests {
    static let file = Run.file.replacing("n_layer: 1", with: "n_layer: 4").replacing("  dp: 2", with: "  dp: 1")
      .replacing("global_batch_size: 12", with: "global_batch_size: 8").replacing("steps: 6", with: "steps: 5")

    /// Ranks, and the settings that make the layout.
    static let layouts: [(ranks: Int, settings: String)] = [
      (2, "parallelism.tp=2"),
      (2, "parallelism.tp=2 parallelism.sequence_parallel=true activation_checkpointing.mode=full"),
      (2, "parallelism.pp=2 micro_batch_size=2 pipeline.schedule=zb-h1"),
      (2, "parallelism.pp=2 micro_batch_size=1 pipeline.schedule=interleaved pipeline.chunks=2"),
      (3, "parallelism.pp=3 micro_batch_size=2 pipeline.layers_per_stage=[2,1,1]"),
      (2, "parallelism.dp=2 zero_optimization.stage=1 zero_optimization.offload_optimizer.device=cpu"),
      (4, "parallelism.dp=4 zero_optimization.stage=2 micro_batch_size=1"),
      (4, "parallelism.dp=4 zero_optimization.stage=3 parallelism.dp_shard=2"),
      (4, "parallelism.dp=2 parallelism.tp=2 zero_optimization.stage=3 activation_checkpointing.mode=selective"),
      (4, "parallelism.dp=2 parallelism.pp=2 zero_optimization.stage=2 micro_batch_size=1"),
      (4, "parallelism.tp=2 parallelism.pp=2 micro_batch_size=2 pipeline.schedule=zb-v"),
      (8, "parallelism.pp=2 parallelism.dp=2 parallelism.tp=2 micro_batch_size=1 parallelism.sequence_parallel=true"),
      (
        8,
        "parallelism.pp=2 parallelism.dp=2 parallelism.tp=2 micro_batch_size=1 zero_optimization.stage=3"
          + " pipeline.schedule=dualpipev"
      ),
      (8, "parallelism.pp=4 parallelism.tp=2 micro_batch_size=2 pipeline.schedule=gpipe"),
    ]

    @Test(arguments: layouts)
    func `Processes compute what one process computes, and count what they send`(
      ranks: Int, settings: String
    ) async throws {
      let alone = try await losses("parallelism.dp=1", ranks: 1)
      let (scratch, run) = try prepare()
      let outcome = try await run.underMPI(ranks: ranks, settings.split(separator: " ").map(String.init))
      #expect(outcome.status == 0, "\(outcome)")
      let metrics = try scratch.metrics()
      let own = metrics.losses
      #expect(own.count == 5 && alone.count == 5)
      for (own, other) in zip(own, alone) { #expect(abs(own - other) <= 1e-10 * abs(other), "\(settings)") }
      let (ledger, transport) = (
        metrics.integer("sent_bytes_per_step", of: "ended"), metrics.integer("transport_bytes_per_step", of: "ended")
      )
      #expect(ledger != nil && ledger == transport)
    }

    @Test func `Threads and processes end with the same bits`() async throws {
      let settings = "parallelism.pp=2 parallelism.tp=2 micro_batch_size=2".split(separator: " ").map(String.init)
      let (first, run) = try prepare()
      let processes = try await run.underMPI(ranks: 4, settings + ["checkpoint.folder=saved"])
      let (second, other) = try prepare()
      let threads = try await other.train(settings + ["checkpoint.folder=saved", "--transport", "threads"])
      #expect(processes.status == 0 && threads.status == 0, "\(processes)\n\(threads)")
      for name in ["model.safetensors", "optimizer.safetensors"] {
        let (a, b) = (try parameters(first, name), try parameters(second, name))
        #expect(a == b && a.count > 1000, "\(name)")
      }
    }

    @Test func `A run goes on in another layout from where it was`() async throws {
      let straight = try await losses("training.steps=10", ranks: 1)
      let (scratch, run) = try prepare()
      let first = try await run.underMPI(
        ranks: 4,
        [
          "parallelism.pp=2", "parallelism.dp=2", "zero_optimization.stage=3", "micro_batch_size=1",
          "checkpoint.folder=saved",
        ])
      #expect(first.status == 0, "\(first)")
      let second = try await run.underMPI(
        ranks: 6,
        [
          "parallelism.tp=2", "parallelism.pp=3", "micro_batch_size=2", "training.steps=10", "checkpoint.folder=saved",
          "--resume",
        ])
      #expect(second.status == 0, "\(second)")
      let resumed = try scratch.metrics().losses
      for (own, other) in zip(resumed.suffix(5), straight.suffix(5)) {
        #expect(abs(own - other) <= 1e-10 * abs(other))
      }
    }

    @Test func `Open MPI counts what a layout's ledger says`() async throws {
      let (scratch, _) = try prepare()
      let settings = [
        "parallelism.pp=2", "parallelism.dp=2", "parallelism.tp=2", "parallelism.sequence_parallel=true",
        "zero_optimization.stage=3", "micro_batch_size=1",
      ]
      let program = [Orrery.executable.path, "train", Run.name] + settings
      let outcome = try await Job(Run.mpirun(8, Monitoring.flags("seen")) + program, in: scratch).finish()
      #expect(outcome.status == 0, "\(outcome)")
      let seen = try Monitoring(scratch, "seen", ranks: 8)
      let bytes = try scratch.metrics().integer("sent_bytes_per_step", of: "ended")
      #expect(bytes.map { $0 * 5 } == seen.external[0])
    }

    @Test func `The mesh and every rank's place are printed`() async throws {
      let (_, run) = try prepare()
      let outcome = try await run.train(["parallelism.pp=2", "parallelism.tp=2", "micro_batch_size=2", "--show-mesh"])
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("mesh: pp 2 × dp 1 × ep 1 × cp 1 × tp 2 = 4 ranks"))
      #expect(outcome.output.split(separator: "\n").count == 6)
    }

    @Test func `A layout is verified beside one process, from its file alone`() async throws {
      let (scratch, _) = try prepare()
      let outcome = try await scratch.orrery(
        "verify", Run.name, "parallelism.pp=2", "parallelism.tp=2", "zero_optimization.stage=1", "micro_batch_size=2")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("verified: pp 2 × dp 1 × ep 1 × cp 1 × tp 2 computes what one process computes"))
    }

    @Test func `An error budget that nothing can meet names the first tensor that leaves it`() async throws {
      let (scratch, _) = try prepare()
      let outcome = try await scratch.orrery(
        "verify", Run.name, "parallelism.tp=2", "--tolerance", "1e-300")
      #expect(outcome.status == 1, "\(outcome)")
      #expect(outcome.output.contains("step 1, forward: "))
    }

    @Test func `A schedule is printed, measured and written`() async throws {
      let scratch = try Scratch()
      let outcome = try await scratch.orrery(
        "schedule", "1F1B", "--stages", "4", "--micro-batches", "8", "--csv", "order.csv", "--svg", "order.svg")
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("bubble, measured    9"))
      #expect(try scratch.text("order.csv").hasPrefix("0F0,0F1,0F2,0F3,0B0,"))
      #expect(try scratch.text("order.svg").hasPrefix("<svg"))
    }

    private func prepare() throws -> (Scratch, Run) {
      let scratch = try Scratch()
      return (scratch, try Run(LayoutTests.file, in: scratch))
    }

    private func losses(_ settings: String, ranks: Int) async throws -> [Double] {
      let (scratch, run) = try prepare()
      let outcome = try await run.train(settings.split(separator: " ").map(String.init) + ["--transport", "threads"])
      #expect(outcome.status == 0, "\(outcome)")
      return try scratch.metrics().losses
    }

    private func parameters(_ scratch: Scratch, _ name: String) throws -> Data {
      let folder = try FileManager.default.contentsOfDirectory(
        at: scratch.file("saved"), includingPropertiesForKeys: nil
      )
      .first { $0.lastPathComponent.hasPrefix("step") }
      return try Data(contentsOf: #require(folder).appending(path: name))
    }
  }
}
