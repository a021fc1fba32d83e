import Foundation
import Testing

extension EndToEnd {
  /// Figures follow the calibration; what must hold of them whatever it says is tested here.
  @Suite struct EstimateCommandTests {
    static let run = """
      model: {model_type: gpt2, vocab_size: 51200, n_positions: 1024, n_embd: 1024, n_layer: 8, n_head: 16}
      data: none
      parallelism: {pp: 2, dp: 2, tp: 2, sequence_parallel: true}
      zero_optimization: {stage: 1}
      precision: bf16
      micro_batch_size: 2
      gradient_accumulation_steps: 4
      sequence_length: 1024
      """

    static func scratch(_ run: String = run) throws -> Scratch {
      let scratch = try Scratch()
      try scratch.write(run, to: "run.yaml")
      return scratch
    }

    static var configs: String {
      Orrery.tests.deletingLastPathComponent().deletingLastPathComponent().appending(path: "configs").path
    }

    private func estimate(_ arguments: String...) async throws -> EstimateFigures {
      let outcome = try await Job(
        [Orrery.executable.path, "estimate"] + arguments + ["--json"], in: try Self.scratch()
      ).finish()
      #expect(outcome.status == 0, "\(outcome)")
      return try EstimateFigures(outcome.output)
    }

    @Test func `Every simulated rank's time adds up to the step`() async throws {
      let figures = try await estimate("run.yaml")
      #expect(figures.ranks.count == 2 && figures.ranks.reduce(0) { $0 + $1.ranks } == 8)
      for rank in figures.ranks { #expect(abs(rank.sum / figures.step.seconds - 1) < 1e-9, "\(rank.label)") }
      let path = figures.step.criticalPath.reduce(0) { $0 + $1.seconds }
      #expect(abs(path / figures.step.seconds - 1) < 1e-9)
      #expect(figures.step.tokens == 16 * 1024)
      #expect(abs(figures.step.tokensPerSecond * figures.step.seconds / Double(figures.step.tokens) - 1) < 1e-9)
    }

    @Test func `Memory and traffic add up`() async throws {
      let figures = try await estimate("run.yaml")
      for rank in figures.memory.ranks {
        #expect(rank.lines.reduce(0) { $0 + ($1.part ? 0 : $1.bytes) } == rank.totalBytes)
      }
      let fullest = figures.memory.ranks.map(\.totalBytes).max()!
      #expect(figures.memory.freeBytes == figures.memory.capacityBytes - fullest && figures.memory.fits)
      #expect(figures.traffic.routes.reduce(0) { $0 + $1.sentBytes } == figures.traffic.sentBytes)
      #expect(figures.traffic.routes.reduce(0) { $0 + $1.busiestRankBytes } == figures.traffic.busiestRankBytes)
      #expect(figures.traffic.sentBytes <= 8 * figures.traffic.busiestRankBytes)
      #expect(Set(figures.traffic.routes.map(\.axis)).isSuperset(of: ["tp", "dp", "pp"]))
    }

    @Test func `The text has the figures of the JSON`() async throws {
      let figures = try await estimate("run.yaml")
      let outcome = try await (try Self.scratch()).orrery("estimate", "run.yaml")
      #expect(outcome.status == 0, "\(outcome)")
      let step = outcome.output.split(separator: "\n").first { $0.hasPrefix("step time ") }
      let milliseconds = step?.split(separator: " ").compactMap { Double($0) }.first
      #expect(abs((milliseconds ?? 0) * 1e-3 / figures.step.seconds - 1) < 0.006, "\(step ?? "")")
      for words in [
        "8 ranks = pp 2 × dp 2 × tp 2, sequence parallel, 1f1b over 2 stages", "ZeRO 1, no recomputation",
        "16 sequences of 1,024 tokens: 4 micro-batches of 2 on each of 2 replicas",
        "note: no cluster is named, so HGX H100 machines are assumed", "\nMFU ", "\ncritical path: matrix products ",
        "\nfits: ", "tp reduce-scatter", "\nerror band: ", "unvalidated", "not modelled: ",
      ] {
        #expect(outcome.output.contains(words), "\(words)")
      }
    }

    @Test func `A trace of the step opens as JSON and holds spans of every rank`() async throws {
      let scratch = try Self.scratch()
      let outcome = try await scratch.orrery("estimate", "run.yaml", "--trace", "step.json")
      #expect(outcome.status == 0, "\(outcome)")
      let trace = try #require(
        try JSONSerialization.jsonObject(with: Data(contentsOf: scratch.file("step.json"))) as? [String: Any])
      let events = try #require(trace["traceEvents"] as? [[String: Any]])
      let processes = Set(events.filter { $0["ph"] as? String == "X" }.compactMap { $0["pid"] as? Int })
      #expect(processes.count == 2)
    }

    @Test func `A trace that cannot be written is the output's failure`() async throws {
      let outcome = try await (try Self.scratch()).orrery("estimate", "run.yaml", "--trace", "nowhere/step.json")
      #expect(outcome.status == 74 && outcome.errors.contains("nowhere/step.json"), "\(outcome)")
    }

    @Test func `A run that does not fit is a result, with what would help`() async throws {
      let large = ["model.n_embd=8192", "model.n_layer=32", "zero_optimization.stage=0"]
      let figures = try await estimate("run.yaml", large[0], large[1], large[2])
      #expect(!figures.memory.fits && figures.memory.freeBytes < 0)
      let shortage = try #require(figures.memory.shortage)
      #expect(shortage.missingBytes == -figures.memory.freeBytes && !shortage.advice.isEmpty)
      #expect(shortage.advice.allSatisfy { $0.suffices == ($0.savesBytes >= shortage.missingBytes) })
      let outcome = try await Job(
        [Orrery.executable.path, "estimate", "run.yaml"] + large, in: try Self.scratch()
      ).finish()
      #expect(outcome.status == 0)
      for words in ["it does not fit", "out of memory: pipeline rank", "what would help:", "ZeRO stage 1"] {
        #expect(outcome.output.contains(words), "\(words)")
      }
    }

    @Test func `GPT-3 on 1,024 and Llama 3 on 16,384 GPUs are estimated from their files`() async throws {
      let gpt3 = try await estimate("\(Self.configs)/runs/gpt3-175b.yaml")
      #expect(gpt3.run.gpus == 1024 && gpt3.step.tokens == 1536 * 2048 && gpt3.memory.fits)
      #expect((174e9...177e9).contains(Double(gpt3.run.parameters)))
      #expect((0.25...0.7).contains(gpt3.step.modelFlopsUtilization))
      let llama = try await estimate("\(Self.configs)/runs/llama3-405b.yaml")
      #expect(llama.run.gpus == 16_384 && llama.step.tokens == 1 << 24)
      #expect((405e9...406e9).contains(Double(llama.run.parameters)))
      #expect((0.2...0.7).contains(llama.step.modelFlopsUtilization))
    }
  }
}
