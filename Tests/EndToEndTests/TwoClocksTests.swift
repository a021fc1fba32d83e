import Foundation
import Testing

extension EndToEnd {
  /// A run tells the time of the cluster that it simulates, and of the CPU that it takes place on.
  @Suite struct TwoClocksTests {
    /// Two by two ranks in every pair of axes.
    static let layouts = [
      "parallelism.dp=2 parallelism.tp=2", "parallelism.dp=2 parallelism.pp=2 micro_batch_size=1",
      "parallelism.tp=2 parallelism.pp=2 parallelism.dp=1 micro_batch_size=2 pipeline.schedule=zb-h1",
    ]

    @Test(arguments: layouts)
    func `The simulated clock is that of estimate, in the run's lines and its file`(settings: String) async throws {
      let (scratch, run) = try prepare()
      let words = settings.split(separator: " ").map(String.init)
      let outcome = try await run.train(words + ["--transport", "threads", "cluster=dgx-a100-80"])
      #expect(outcome.status == 0, "\(outcome)")
      let steps = try scratch.metrics().events("step")
      let estimate = try await estimated(scratch, words + ["--cluster", "dgx-a100-80"])
      #expect(steps.count == 5)
      for step in steps {
        #expect(number(step["simulated_seconds"]) == estimate.seconds)
        #expect(number(step["simulated_mfu"]) == estimate.utilization)
        #expect(number(step["seconds"]) != estimate.seconds)
      }
      let lines = outcome.output.split(separator: "\n").filter { $0.contains(" | sim ") }
      #expect(lines.count >= 2 && lines.allSatisfy { $0.contains("s, MFU ") && $0.contains(" % | real ") })
      #expect(outcome.output.contains("  cluster  DGX A100 80GB, 1 node of 8 × "))
    }

    @Test func `Without a cluster HGX H100 machines are assumed, and it is said once`() async throws {
      let (scratch, run) = try prepare()
      let assumed = try await run.trainThreads("metrics.file=assumed.jsonl")
      let named = try await run.trainThreads("metrics.file=named.jsonl", "cluster=hgx-h100")
      #expect(assumed.status == 0 && named.status == 0, "\(assumed)\n\(named)")
      #expect(assumed.output.components(separatedBy: "the run names no cluster").count == 2)
      #expect(!named.output.contains("the run names no cluster"))
      let (left, right) = (try scratch.metrics("assumed.jsonl"), try scratch.metrics("named.jsonl"))
      #expect(left.steps == right.steps)
      let clocks = [left, right].map { number($0.events("step")[0]["simulated_seconds"]) }
      #expect(clocks[0] == clocks[1] && clocks[0] > 0)
    }

    @Test func `What is simulated changes the simulated clock, and no number of the run`() async throws {
      let (scratch, run) = try prepare()
      let changes = [
        "simulation.kernels=fused", "simulation.slow_gpus=0:3", "simulation.precision=bf16", "cluster=v100-cloud",
      ]
      var clocks: [Double] = []
      var losses: Set<[Double]> = []
      for (index, change) in changes.enumerated() {
        let outcome = try await run.trainThreads("metrics.file=\(index).jsonl", change)
        #expect(outcome.status == 0, "\(outcome)")
        let metrics = try scratch.metrics("\(index).jsonl")
        losses.insert(metrics.losses)
        clocks.append(number(metrics.events("step")[0]["simulated_seconds"]))
      }
      #expect(losses.count == 1)
      #expect(Set(clocks).count == changes.count)
      #expect(clocks[1] > clocks[0])
    }

    @Test func `Another precision of the simulation is said where its bytes are told`() async throws {
      let (scratch, run) = try prepare()
      let other = try await run.trainThreads("simulation.precision=bf16")
      #expect(other.output.contains("simulated in bf16 in place of the run's fp32"), "\(other)")
      #expect(other.output.contains("all bytes below are bytes in bf16, simulated"))
      #expect(try scratch.metrics().events("began")[0]["simulated_precision"] as? String == "bf16")
      let own = try await run.trainThreads()
      #expect(!own.output.contains("in place of"))
    }

    @Test func `A precision that a GPU has not is refused of a named cluster alone`() async throws {
      let (scratch, run) = try prepare()
      let assumed = try await run.trainThreads("precision=fp64", "--trace", "real.json")
      #expect(assumed.status == 0, "\(assumed)")
      #expect(assumed.output.contains("  cluster  none is simulated: the catalogue knows no fp64 rate of H100"))
      #expect(!assumed.output.contains("| sim ") && assumed.output.contains("| real "))
      let metrics = try scratch.metrics()
      #expect(metrics.steps.count == 5 && metrics.events("step").allSatisfy { $0["simulated_seconds"] == nil })
      #expect((metrics.events("began")[0]["unsimulated"] as? String)?.contains("fp64") == true)
      #expect(try scratch.text("real.json").contains(#""clocks":["real on this CPU"]"#))
      for asked in ["cluster=hgx-h100", "cluster=dgx-a100-80"] {
        let named = try await run.trainThreads("precision=fp64", asked)
        #expect(named.status == 65 && named.errors.contains("no fp64 rate of"), "\(named)")
      }
      let other = try await run.trainThreads("precision=fp64", "simulation.precision=bf16")
      #expect(other.status == 0 && other.output.contains("| sim "), "\(other)")
    }

    @Test(arguments: [
      "parallelism.dp=2", "parallelism.dp=2 parallelism.tp=2 zero_optimization.stage=3",
      "parallelism.dp=1 parallelism.pp=2 micro_batch_size=2",
    ])
    func `What shapes alone had said and what allocator and transport counted are equal to the byte`(
      settings: String
    ) async throws {
      let (scratch, run) = try prepare()
      let words = settings.split(separator: " ").map(String.init)
      let outcome = try await run.train(words + ["--transport", "threads"])
      #expect(outcome.status == 0, "\(outcome)")
      let metrics = try scratch.metrics()
      let sent = ["predicted_sent_bytes_per_step", "sent_bytes_per_step", "transport_bytes_per_step"]
        .map { metrics.integer($0, of: "ended") }
      #expect(sent[0] ?? 0 > 0 && Set(sent).count == 1, "\(sent)")
      let memory = ["predicted_memory_bytes", "peak_memory_bytes"].map { metrics.integer($0, of: "ended") }
      #expect(memory[0] ?? 0 > 0 && Set(memory).count == 1, "\(memory)")
      #expect(outcome.output.components(separatedBy: "predicted on shapes alone (equal to the byte)").count == 3)
    }

    @Test(arguments: [[], ["--transport", "threads"]])
    func `--trace writes the simulated step beside the last real one, of every rank`(transport: [String]) async throws {
      let (scratch, run) = try prepare()
      let outcome = try await run.train(
        ["parallelism.dp=2", "parallelism.pp=2", "micro_batch_size=1", "--trace", "clocks.json"] + transport)
      #expect(outcome.status == 0, "\(outcome)")
      let trace = try #require(
        try JSONSerialization.jsonObject(with: Data(scratch.text("clocks.json").utf8)) as? [String: Any])
      let other = try #require(trace["otherData"] as? [String: Any])
      #expect(other["clocks"] as? [String] == ["simulated", "real on this CPU"])
      #expect((other["notes"] as? [String: String])?["real"]?.contains("step 5, the last") == true)
      let events = try #require(trace["traceEvents"] as? [[String: Any]])
      let names = events.filter { $0["name"] as? String == "process_name" }
        .compactMap { ($0["args"] as? [String: String])?["name"] }
      #expect(
        names == [
          "simulated: pipeline rank 0", "simulated: pipeline rank 1", "real on this CPU: rank 0 [pp0 dp0]",
          "real on this CPU: rank 1 [pp0 dp1]", "real on this CPU: rank 2 [pp1 dp0]",
          "real on this CPU: rank 3 [pp1 dp1]",
        ])
      let passages = passages(of: events)
      #expect(passages.count == 6)
      // Every rank's process shows a forward and a backward of its stage for every micro-batch.
      #expect(Set(passages.values.map(\.count)) == [4 * 2])
      // Microseconds: the ranks' steps lie beside each other, in the few seconds that the run took.
      let work = events.filter { $0["ph"] as? String == "X" }
      #expect(work.allSatisfy { number($0["ts"]) >= 0 && number($0["ts"]) + number($0["dur"]) < 6e7 })
    }

    @Test(arguments: [
      (["cluster=tiny.yaml"], "cluster 'tiny' has 1 GPUs, and the layout 2 ranks"),
      (["cluster=missing.yaml"], "there is no such file"),
      (["simulation.slow_gpus=7:2"], "simulation.slow_gpus '7:2.0' names none of the 2 ranks"),
      (["simulation.attention=flash"], "simulation.attention flash: "),
      (["--trace", "nowhere/clocks.json"], "--trace nowhere/clocks.json: cannot be written"),
      (["--trace", "."], "--trace .: is a folder"),
      (["--trace", "text.txt/clocks.json"], "--trace text.txt/clocks.json: cannot be written"),
      (["--trace", "/dev/full"], "--trace /dev/full: exists and is not a regular file; choose another path"),
    ])
    func `What cannot be simulated is said before a rank starts`(words: [String], says: String) async throws {
      let (scratch, run) = try prepare()
      try scratch.write(Self.tiny, to: "tiny.yaml")
      let outcome = try await run.train(words)
      #expect(outcome.status == (words[0] == "--trace" ? 74 : 65), "\(outcome)")
      #expect(outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains(says), "\(outcome)")
      #expect(!outcome.output.contains("training began") && !scratch.exists("metrics.jsonl"))
    }

    private static let tiny = """
      name: tiny
      gpu: RTX 4090
      gpus_per_node: 1
      nodes: 1
      node_fabric:
        type: pcie
      host:
        memory: 256 GiB
        memory_bandwidth: 200 GB/s
        gpu_link: PCIe 4.0 x16
        sockets: 1
        peer_to_peer: false
      """

    private func prepare() throws -> (Scratch, Run) {
      let scratch = try Scratch()
      let file = LayoutTests.file.replacing("  dp: 1", with: "  dp: 2").replacing("fp64", with: "fp32")
      return (scratch, try Run(file, in: scratch))
    }

    private func estimated(
      _ scratch: Scratch, _ words: [String]
    ) async throws -> (seconds: Double, utilization: Double) {
      let command = [Orrery.executable.path, "estimate", Run.name, "--json"] + words
      let outcome = try await Job(command, in: scratch).finish()
      #expect(outcome.status == 0, "\(outcome)")
      let record = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      let step = record?["step"] as? [String: Any]
      return (number(step?["seconds"]), number(step?["model_flops_utilization"]))
    }

    /// Names of pipeline actions by process.
    private func passages(of events: [[String: Any]]) -> [Int: [String]] {
      let actions = events.filter { $0["cat"] as? String == "action" }
      return Dictionary(grouping: actions) { $0["pid"] as? Int ?? -1 }
        .mapValues { $0.compactMap { $0["name"] as? String } }
    }

    private func number(_ value: Any?) -> Double { (value as? NSNumber)?.doubleValue ?? .nan }
  }
}
