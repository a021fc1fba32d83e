import Execution
import PipelineSchedules
import Planning
import Program
import Quantities
import Testing
import Training

/// Embeddings and logits have names of their own in the account.
@Suite struct RankMemoryTests {
  private func memory(_ rank: TracedRank) throws -> RankMemory {
    let step = try rank.step()
    return RankMemory(
      label: "class", ranks: 1, rank.plan, step.layout, step.trace, resident: step.ledger.live)
  }

  private func part(_ name: String, _ memory: RankMemory) -> ByteCount {
    memory.parts.first { $0.name == name }?.bytes ?? .zero
  }

  @Test(arguments: TracedRank.all)
  func `parts are inside their categories, and the total is the ledger's`(rank: TracedRank) throws {
    let memory = try memory(rank)
    #expect(memory.peakTotal == (try rank.step().ledger.peakTotal))
    #expect(memory.parts.allSatisfy { $0.bytes <= memory.atPeak[$0.category]! })
  }

  @Test func `one rank has the tables of tokens and positions, and one micro-batch's logits`() throws {
    let memory = try memory(TracedRank())
    #expect(part("embeddings", memory) == ByteCount((512 + 64) * 64, of: .bfloat16))
    #expect(part("logits", memory) == ByteCount(4 * 64 * 512, of: .bfloat16))
  }

  @Test func `stages between the ends have neither; a tied table is at both ends`() throws {
    let parts = try (0..<4).map { try memory(TracedRank(pipeline: 4, microBatches: 8, rank: $0)) }
    #expect(parts.map { part("embeddings", $0) } == [576 * 128, 0, 0, 512 * 128].map { ByteCount($0) })
    #expect(parts.dropLast().allSatisfy { part("logits", $0) == .zero })
  }

  @Test func `GPipe's last stage keeps the logits of every micro-batch, 1F1B's of one`() throws {
    for (schedule, count) in [(ScheduleName.gPipe, 8), (.oneForwardOneBackward, 1)] {
      let memory = try memory(TracedRank(pipeline: 4, microBatches: 8, schedule: schedule, rank: 3))
      #expect(part("logits", memory) == ByteCount(count * 4 * 64 * 512, of: .bfloat16))
    }
  }

  @Test func `tensor-parallel ranks share the table of tokens, shards cut both`() throws {
    #expect(part("embeddings", try memory(TracedRank(tensor: 2))) == ByteCount((256 + 64) * 64, of: .bfloat16))
    let shards = try memory(TracedRank(data: 4, zero: ZeROPlan(stage: 3)))
    #expect(part("embeddings", shards) == ByteCount((512 + 64) * 16, of: .bfloat16))
  }
}
