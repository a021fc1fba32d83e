import Foundation
import Testing

extension EndToEnd {
  @Suite struct CheckpointTests {
    @Test func `inspect lists every tensor under GPT-2's names, with type, shape and size`() async throws {
      let scratch = try Scratch()
      let trained = try await Run(in: scratch).trainThreads("checkpoint.folder=saved")
      #expect(trained.status == 0, "\(trained)")
      let outcome = try await scratch.orrery("checkpoint", "inspect", "saved")
      #expect(outcome.status == 0, "\(outcome)")
      let lines = outcome.output.split(separator: "\n")
      // Twelve in the block, two embeddings, two of the last norm; and the sum beneath.
      #expect(lines.count == 17)
      #expect(lines.contains("transformer.wpe.weight  F64  [16, 16]  2.00 KiB"))
      #expect(lines.contains("transformer.h.0.attn.c_attn.weight  F64  [16, 48]  6.00 KiB"))
      #expect(lines.last?.contains("step-00000006/: 16 tensors, ") == true)
    }

    @Test func `Only so many checkpoints are kept, and a second run does not touch them`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      _ = try await run.trainThreads("checkpoint.folder=saved", "checkpoint.interval=1", "checkpoint.keep_latest_k=3")
      let before = try scratch.listing()
      let kept = before.filter { $0.hasPrefix("saved/step-") && $0.hasSuffix("/") }
      #expect(kept == ["saved/step-00000004/", "saved/step-00000005/", "saved/step-00000006/"])
      let outcome = try await run.trainThreads("checkpoint.folder=saved")
      #expect(outcome.status == 65)
      let after = try scratch.listing()
      #expect(before == after)
    }

    @Test func `A run begins with the parameters of another`() async throws {
      let scratch = try Scratch()
      let run = try Run(in: scratch)
      _ = try await run.trainThreads("checkpoint.folder=saved", "metrics.file=first.jsonl")
      let outcome = try await run.trainThreads("--init-from", "saved", "metrics.file=second.jsonl")
      #expect(outcome.status == 0, "\(outcome)")
      let (first, second) = (try scratch.metrics("first.jsonl").steps, try scratch.metrics("second.jsonl").steps)
      #expect(second.first!.step == 1)
      #expect(second.first!.loss < first.first!.loss - 0.05)
    }

    @Test(arguments: ["inspect", "verify"])
    func `A path without a checkpoint is an error`(command: String) async throws {
      let outcome = try await (try Scratch()).orrery("checkpoint", command, "nowhere")
      #expect(outcome.status == 65, "\(outcome)")
      #expect(outcome.errorLines.count == 1)
      #expect(outcome.errors.contains("nowhere: "))
    }
  }
}
