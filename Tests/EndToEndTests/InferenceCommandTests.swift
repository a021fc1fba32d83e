import Foundation
import Testing

extension EndToEnd {
  /// Figures follow the calibration; what must hold of them whatever it says is tested here.
  @Suite struct InferenceCommandTests {
    struct Record: Decodable {
      struct Batch: Decodable {
        var batch, cacheBytes, activationBytes, memoryBytes: Int
        var fits: Bool
        var timeToFirstTokenSeconds, timePerOutputTokenSeconds, tokensPerSecond: Double?
        var limiter: String?
      }
      var version: Int
      var prompt, context, block, weightBytes, cacheBytesPerToken, roomBytes, largestBatch: Int
      var batches: [Batch]
    }

    private static let model =
      #"{"model_type": "gpt2", "vocab_size": 50257, "n_positions": 1024, "n_embd": 768, "#
      + #""n_layer": 12, "n_head": 12}"#
    private static let run = """
      model: {model_type: gpt2, vocab_size: 96, n_positions: 64, n_embd: 64, n_layer: 4, n_head: 4}
      data: none
      parallelism: {dp: 2, tp: 2}
      precision: bf16
      """

    private func scratch() throws -> Scratch {
      let scratch = try Scratch()
      try scratch.write(Self.model, to: "config.json")
      try scratch.write(Self.run, to: "run.yaml")
      return scratch
    }

    private func record(_ arguments: String...) async throws -> Record {
      let outcome = try await Job([Orrery.executable.path, "inference"] + arguments + ["--json"], in: try scratch())
        .finish()
      #expect(outcome.status == 0, "\(outcome)")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Record.self, from: Data(outcome.output.utf8))
    }

    @Test func `Memory adds up, and times are there where a batch fits`() async throws {
      let record = try await record(
        "config.json", "--gpu", "A100 SXM 80GB", "--batch", "1,64,100000", "--prompt", "100", "--context", "1000",
        "--block", "32", "precision=bf16")
      #expect(record.version == 1)
      // GPT-2 of 124,439,808 parameters; 2·12·768 values a token, in blocks of 32.
      #expect(record.weightBytes == 2 * 124_439_808 && record.cacheBytesPerToken == 2 * 2 * 12 * 768)
      #expect(record.batches.map(\.batch) == [1, 64, 100_000] && record.batches.map(\.fits) == [true, true, false])
      for batch in record.batches {
        #expect(batch.cacheBytes == batch.batch * 1024 * record.cacheBytesPerToken)
        #expect(batch.memoryBytes == record.weightBytes + batch.cacheBytes + batch.activationBytes)
        #expect(batch.fits == (batch.memoryBytes <= record.roomBytes) && batch.fits == (batch.limiter != nil))
        guard let token = batch.timePerOutputTokenSeconds, let rate = batch.tokensPerSecond else { continue }
        #expect(abs(rate * token / Double(batch.batch) - 1) < 1e-9)
      }
    }

    @Test func `Without batches, the last is the largest that fits`() async throws {
      let record = try await record("config.json", "--gpu", "T4", "--attention", "unfused", "precision=fp16")
      #expect(record.context == 1024 && record.prompt == 512 && record.batches.allSatisfy(\.fits))
      #expect(record.batches.last?.batch == record.largestBatch && record.batches.count > 5)
    }

    @Test func `The report has its table, and says what a batch that does not fit is`() async throws {
      let outcome = try await (try scratch()).orrery(
        "inference", "config.json", "--gpu", "H100", "--batch", "8,100000", "precision=bf16")
      #expect(outcome.status == 0, "\(outcome)")
      for words in [
        "bf16, compiled kernels, flash attention: prompts of 512 tokens, contexts of 1,024", "does not fit",
        "KV cache      36.0 KiB a token, in blocks of 16", "\nlargest batch ",
      ] {
        #expect(outcome.output.contains(words), "\(words)")
      }
    }

    @Test(arguments: [
      (["run.yaml", "--gpu", "H100"], Int32(64), "add parallelism.tp=1 to the command line"),
      (["config.json", "--gpu", "H100"], 65, "FlashAttention has no kernels in fp32; add precision=bf16"),
      (["config.json", "--gpu", "H100", "--batch", "1,,2"], 64, "write counts from 1 to 1,000,000 like 1,8,64"),
      (["config.json", "--gpu", "H100", "--block", "0"], 64, "--block 0: there is one token at least."),
      (["config.json", "--gpu", "H100", "--memory-share", "2"], 64, "--memory-share 2.0: a share is above 0"),
      (["config.json", "--gpu", "H100", "--attention", "recomputed"], 64, "choose flash or unfused"),
      (["config.json", "--gpu", "H100", "--host-issue", "6"], 64, "--host-issue '6' has no unit"),
      (
        ["config.json", "--gpu", "H100", "--context", "2000", "precision=bf16"], 64,
        "--context 2000: the model has 1,024 positions; give at most that"
      ),
      (
        ["config.json", "--gpu", "H100", "--prompt", "2000", "precision=bf16"], 64,
        "--prompt 2000: a prompt of 2,000 in a context of 1,024 tokens leaves nothing to generate"
      ),
      (
        ["config.json", "--gpu", "H100", "--block", "1000000000000000000", "precision=bf16"], 64,
        "--block 1000000000000000000: is longer than the context of 1,024 tokens; give at most that"
      ),
      (
        ["config.json", "--gpu", "K80"], 65,
        "no generation of FlashAttention runs on Tesla K80 (compute capability 3.7); choose --attention unfused"
      ),
      (
        ["config.json", "--gpu", "H100", "precision=bf16", "simulation.jitter=0.1"], 64,
        "override simulation.jitter=0.1: has no effect on inference"
      ),
      (["config.json", "--gpu", "H100", "cluster=t4-cloud"], 64, "override cluster=t4-cloud: has no effect"),
      (
        ["config.json", "--gpu", "H100", "--context", "9", "--prompt", "9", "precision=bf16"], 64,
        "leaves nothing to generate"
      ),
    ])
    func `A wrong request is refused with the way on`(arguments: [String], status: Int32, reason: String) async throws {
      let outcome = try await Job([Orrery.executable.path, "inference"] + arguments, in: try scratch()).finish()
      #expect(outcome.status == status && outcome.output.isEmpty)
      #expect(outcome.errors.contains(reason), "\(outcome)")
    }
  }
}
