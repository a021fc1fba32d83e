import Foundation
import FoundationXML
import Testing

extension EndToEnd {
  /// Figures follow the calibration; what must hold of them whatever it says is tested here.
  @Suite struct RooflineCommandTests {
    struct Record: Decodable {
      struct Group: Decodable {
        var kernel, kind, shape, limiter: String
        var count: Int
        var seconds, totalSeconds: Double
      }
      struct Kind: Decodable {
        var kind: String
        var count: Int
        var seconds: Double
      }
      var groups: [Group]
      var kinds: [Kind]
      var kernels, hostOperations, untimedTransfers, untimedMessages: Int
      var kernelSeconds, hostSeconds, seconds, idleShare, modelFlops, modelFlopsUtilization: Double
      var launchBound: Bool
    }

    private static let model =
      #"{"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "#
      + #""n_layer": 2, "n_head": 12}"#
    private static let run = """
      model: {model_type: gpt2, vocab_size: 96, n_positions: 64, n_embd: 64, n_layer: 4, n_head: 4}
      data: none
      parallelism: {pp: 2, dp: 2, tp: 2}
      precision: bf16
      micro_batch_size: 2
      gradient_accumulation_steps: 4
      sequence_length: 64
      """

    private func scratch() throws -> Scratch {
      let scratch = try Scratch()
      try scratch.write(Self.model, to: "config.json")
      try scratch.write(Self.run, to: "run.yaml")
      return scratch
    }

    private func record(_ arguments: String...) async throws -> Record {
      let outcome = try await Job([Orrery.executable.path, "roofline"] + arguments + ["--json"], in: try scratch())
        .finish()
      #expect(outcome.status == 0, "\(outcome)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Record.self, from: Data(outcome.output.utf8))
    }

    @Test(arguments: ["eager", "fused", "compiled"], ["flash", "unfused", "recomputed"])
    func `A step's kernels add up, by shape and by kind`(lowering: String, attention: String) async throws {
      let step = try await record(
        "config.json", "--gpu", "A100 SXM 80GB", "--batch", "4", "--lowering", lowering, "--attention", attention,
        "precision=bf16")
      #expect(step.groups.reduce(0) { $0 + $1.count } == step.kernels)
      #expect(step.kinds.reduce(0) { $0 + $1.count } == step.kernels)
      for sum in [step.groups.reduce(0) { $0 + $1.totalSeconds }, step.kinds.reduce(0) { $0 + $1.seconds }] {
        #expect(abs(sum / step.kernelSeconds - 1) < 1e-9)
      }
      #expect(step.seconds >= step.kernelSeconds && step.seconds >= step.hostSeconds)
      #expect(step.groups.map(\.totalSeconds) == step.groups.map(\.totalSeconds).sorted(by: >))
      #expect((0.02...1).contains(step.modelFlopsUtilization))
      #expect(
        Set(step.kinds.map(\.kind)).isSuperset(of: ["matrix products", "attention", "norms", "loss", "optimizer"]))
    }

    @Test func `Fusing and compiling leave fewer kernels, and less for the host`() async throws {
      var steps: [Record] = []
      for lowering in ["eager", "fused", "compiled"] {
        steps.append(try await record("config.json", "--gpu", "H100", "--lowering", lowering, "precision=bf16"))
      }
      for (more, less) in zip(steps, steps.dropFirst()) {
        #expect(more.kernels > less.kernels && more.hostOperations > less.hostOperations)
        #expect(more.kernelSeconds > less.kernelSeconds && more.modelFlops == less.modelFlops)
      }
    }

    @Test func `A slow host makes a small step launch-bound`() async throws {
      let slow = try await record("run.yaml", "--gpu", "H100", "--host-issue", "100 us")
      let fast = try await record("run.yaml", "--gpu", "H100", "--host-issue", "0 us")
      #expect(slow.launchBound && slow.idleShare > 0.5 && slow.seconds >= slow.hostSeconds)
      #expect(!fast.launchBound && fast.idleShare < 1e-9 && fast.kernelSeconds == slow.kernelSeconds)
    }

    @Test func `Any rank of a layout has a step of its own`() async throws {
      let first = try await record("run.yaml", "--gpu", "H100")
      let last = try await record("run.yaml", "--gpu", "H100", "--rank", "7")
      #expect(first.untimedTransfers > 0 && first.untimedMessages > 0)
      #expect(!first.kinds.contains { $0.kind == "loss" } && last.kinds.contains { $0.kind == "loss" })
      #expect(first.modelFlops == last.modelFlops)
    }

    @Test func `The report has its tables, and the picture its points`() async throws {
      let scratch = try scratch()
      let outcome = try await scratch.orrery(
        "roofline", "config.json", "--gpu", "A100 SXM 80GB", "--top", "3", "--svg", "step.svg", "precision=bf16")
      #expect(outcome.status == 0, "\(outcome)")
      for words in [
        "A100 SXM4 80GB, bf16, fused kernels, flash attention: one step\n", "\nand ", "; --top lists them\n", "\nMFU ",
        "over the kernels alone", "Communication takes no time here, and this rank has none.",
      ] {
        #expect(outcome.output.contains(words), "\(words)")
      }
      let picture = try scratch.text("step.svg")
      #expect(XMLParser(data: Data(picture.utf8)).parse())
      #expect(picture.components(separatedBy: "<circle").count > 10 && picture.contains("optimizer"))
    }

    @Test(arguments: [
      (["none.yaml", "--gpu", "H100"], Int32(65), "none.yaml: there is no such file"),
      (["run.yaml", "--gpu", "H1000"], 64, "--gpu 'H1000' is no GPU of the catalogue"),
      (["run.yaml", "--gpu", "V100"], 64, "--attention flash: no generation of FlashAttention runs on Tesla V100 "),
      (["run.yaml", "--gpu", "V100", "--attention", "unfused"], 65, "add precision=fp16 to the command line"),
      (["run.yaml", "--gpu", "H100", "--rank", "8"], 64, "--rank 8: the layout has ranks 0 to 7"),
      (
        ["run.yaml", "--gpu", "H100", "--batch", "8"], 64,
        "--batch and --sequence are of a model's file; run.yaml is a run"
      ),
      (["config.json", "--gpu", "H100", "--batch", "0"], 64, "--batch 0: a step has one at least."),
      (["config.json", "--gpu", "H100", "--batch", "-1"], 64, "--batch -1: a step has one at least."),
      (["config.json", "--gpu", "H100", "--top", "-1"], 64, "--top -1: list one kernel at least."),
      (
        ["config.json", "--gpu", "H100", "--batch", "100000000", "precision=bf16"], 64,
        "a micro-batch of 100,000,000 x 1,024 tokens is too large: it has at most 100,000,000; lower --batch or --sequence"
      ),
      (
        ["config.json", "--gpu", "H100"], 65,
        "FlashAttention has no kernels in fp32; add precision=bf16 to the command line, or choose --attention unfused"
      ),
      (
        ["config.json", "--gpu", "H100", "--host-issue", "6"], 64, "--host-issue '6' is no time; write it like '6 us'."
      ),
      (["run.yaml", "--gpu", "H100", "model.vocab_size=auto"], 65, "add model.vocab_size=… to do without"),
      (
        ["run.yaml", "--gpu", "H100", "simulation.jitter=0.3"], 64,
        "override simulation.jitter=0.3: has no effect on a roofline"
      ),
    ])
    func `A wrong request is refused with the way on`(arguments: [String], status: Int32, reason: String) async throws {
      let outcome = try await Job([Orrery.executable.path, "roofline"] + arguments, in: try scratch()).finish()
      #expect(outcome.status == status && outcome.output.isEmpty)
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
