import Execution
import Mesh
import Model
import Planning
import Program
import Quantities
import Testing
import Training

/// What frameworks keep beside the program.
@Suite struct FrameworkFactsTests {
  private static let eager = FrameworkRun(hasFusedAttention: false, dropsResidual: true, dropsAttention: true)
  private static let fused = FrameworkRun(hasFusedAttention: true, dropsResidual: false, dropsAttention: false)

  private func kept(_ rank: TracedRank, _ run: FrameworkRun, _ facts: FrameworkFacts) throws -> KeptActivations {
    KeptActivations(rank.plan, try rank.step().layout, run, facts)
  }

  @Test func `names of sources find their framework, and an unknown one finds none`() {
    let names = [
      "Megatron-LM (zero-bubble fork)": FrameworkFacts.megatron, "NeMo 24.07": .megatron, "DeepSpeed ZeRO": .zeroPaper,
      "DeepSpeed": .deepSpeed, "nanotron v0.5": .nanotron, "torchtitan FSDP2": .fsdp,
    ]
    for (name, facts) in names { #expect(FrameworkFacts.named(name) == facts) }
    #expect(FrameworkFacts.named("MaxText (JAX)") == nil)
  }

  @Test func `a Megatron layer keeps two masks and five bytes of each score`() throws {
    let (b, s, h, a) = (4, 64, 64, 4)
    let layer = try kept(TracedRank(), Self.eager, .megatron).layer
    #expect(layer == ByteCount(2 * s * b * h + 5 * a * s * s * b))
  }

  @Test func `without dropout only the 16-bit scores are left, with fused attention nothing`() throws {
    let dry = FrameworkRun(hasFusedAttention: false, dropsResidual: false, dropsAttention: false)
    #expect(try kept(TracedRank(), dry, .megatron).layer == ByteCount(2 * 4 * 64 * 64 * 4))
    #expect(try kept(TracedRank(), Self.fused, .megatron).layer == .zero)
  }

  @Test func `tensor-parallel ranks share scores, and masks under sequence parallelism`() throws {
    let (alone, shared) = (TracedRank(tensor: 2), TracedRank(tensor: 2, isSequenceParallel: true))
    let (masks, scores) = (2 * 4 * 64 * 64, 5 * 4 * 64 * 64 * 4 / 2)
    #expect(try kept(alone, Self.eager, .megatron).layer == ByteCount(masks + scores))
    #expect(try kept(shared, Self.eager, .megatron).layer == ByteCount(masks / 2 + scores))
  }

  @Test func `what is computed again is there for one layer at a time`() throws {
    let full = try kept(TracedRank(recomputation: .full(every: 1)), Self.eager, .megatron)
    #expect(full.layer == .zero)
    #expect(full.recomputedLayer == (try kept(TracedRank(), Self.eager, .megatron).layer))
    let selective = try kept(TracedRank(recomputation: .selective), Self.eager, .megatron)
    #expect(selective.layer == ByteCount(2 * 4 * 64 * 64 + 2 * 4 * 64 * 64))
    #expect(selective.recomputedLayer == ByteCount(5 * 4 * 64 * 64 * 4))
  }

  @Test func `the last stage alone has logits, with four bytes beside the program's two`() throws {
    for (stage, isLast) in [(0, false), (3, true)] {
      let rank = TracedRank(pipeline: 4, microBatches: 8, rank: stage)
      let step = try rank.step()
      let beside = FrameworkFacts.megatron.beside(rank.plan, step.layout, Self.fused, resident: step.ledger.live)
      #expect(beside.inFlight[stage] == ByteCount(isLast ? 4 * 4 * 64 * 512 : 0))
      #expect(beside.gradientsStay)
    }
  }

  @Test func `FSDP has fp32 shards only: 16 bytes a parameter over all ranks, where the program has 18`() throws {
    let rank = TracedRank(data: 4, zero: ZeROPlan(stage: 3))
    let step = try rank.step()
    let beside = FrameworkFacts.fsdp.beside(rank.plan, step.layout, Self.fused, resident: step.ledger.live)
    let memory = StepMemory(step.trace, resident: step.ledger.live, beside: beside)
    let categories: [MemoryCategory] = [.parameters, .gradients, .optimizer]
    let states = categories.reduce(0) { $0 + (memory.resident[$1]?.value ?? 0) }
    // Shards of a unit differ by a value.
    #expect(abs(states * 4 - 16 * rank.plan.model.parameterCount) <= 16 * 4 * 16)
  }

  @Test func `buckets beside fp32 gradients cost two bytes a parameter, if ranks share data`() throws {
    for (data, bytes) in [(1, 0), (2, 2)] {
      let rank = TracedRank(data: data)
      let step = try rank.step()
      let beside = FrameworkFacts.nanotron.beside(rank.plan, step.layout, Self.fused, resident: step.ledger.live)
      #expect(beside.always == ByteCount(bytes * rank.plan.model.parameterCount))
    }
  }
}
