import Execution
import Mesh
import Model
import Planning
import Program
import Quantities
import Testing
import Training

/// Whether it fits, and what would help.
@Suite struct MemoryVerdictTests {
  private func memory(_ rank: TracedRank) throws -> RankMemory {
    let memory = try rank.memory()
    return RankMemory(label: "stage 0", ranks: 1, atPeak: memory.atPeak, moment: memory.moment)
  }

  private func layout(_ rank: TracedRank) -> LayoutChoices {
    LayoutChoices(
      data: rank.data, tensor: rank.tensor, pipeline: rank.pipeline, layers: 8, heads: 4, zeroStage: rank.zero.stage,
      microBatch: rank.microBatch, recomputation: rank.recomputation, isSequenceParallel: rank.isSequenceParallel,
      offloadsOptimizer: rank.zero.offloadsOptimizer)
  }

  private func advice(_ rank: TracedRank, _ beginning: String) throws -> MemoryAdvice? {
    let all = MemoryAdvice.all(try memory(rank), layout(rank), missing: ByteCount(1))
    return all.first { $0.action.hasPrefix(beginning) }
  }

  private static let overhead = GPUOverhead([.init("context", ByteCount(1000), source: "test")])

  @Test(arguments: TracedRank.all)
  func `lines add up: categories, and what the GPU adds, but not parts`(rank: TracedRank) throws {
    var memory = try memory(rank)
    let half = ByteCount(memory.atPeak[.activations]!.value / 2)
    memory.parts = [.init("logits", of: .activations, half)]
    let estimate = MemoryEstimate(memory, overhead: Self.overhead)
    let sum = estimate.lines.filter { !$0.isPart }.reduce(ByteCount.zero) { $0 + $1.bytes }
    #expect(sum == estimate.total)
    #expect(estimate.total == (try rank.step().ledger.peakTotal) + ByteCount(1000))
    #expect(estimate.lines.contains { $0.name == "logits" && $0.isPart && $0.category == .activations })
    #expect(!estimate.lines.contains { $0.category == .offloaded })
  }

  @Test func `it fits up to the last byte, and one byte less does not`() throws {
    let rank = TracedRank(data: 4)
    let estimate = MemoryEstimate(try memory(rank), overhead: Self.overhead)
    let fits = MemoryVerdict([estimate], capacity: estimate.total, layout: layout(rank))
    #expect(fits.fits && fits.free == .zero)
    let lacks = MemoryVerdict([estimate], capacity: estimate.total - ByteCount(1), layout: layout(rank))
    #expect(!lacks.fits && lacks.shortage?.missing == ByteCount(1) && lacks.free == ByteCount(-1))
  }

  @Test func `an out-of-memory names the fullest class, its largest category and the moment`() throws {
    let estimates = try (0..<4).map { stage in
      let step = try TracedRank(pipeline: 4, microBatches: 8, rank: stage).memory()
      let memory = RankMemory(label: "stage \(stage)", ranks: 1, atPeak: step.atPeak, moment: step.moment)
      return MemoryEstimate(memory, overhead: Self.overhead)
    }
    let verdict = MemoryVerdict(estimates, capacity: ByteCount(1), layout: layout(TracedRank(pipeline: 4)))
    let shortage = try #require(verdict.shortage)
    let fullest = estimates.max { $0.total < $1.total }!
    #expect(shortage.label == fullest.memory.label)
    let most = fullest.memory.atPeak.values.max()
    #expect(fullest.memory.atPeak[shortage.largest] == most)
    #expect(verdict.description.contains("\(fullest.memory.moment)"))
    #expect(shortage.advice == shortage.advice.sorted { $0.saves > $1.saves })
  }

  @Test(arguments: [0, 1, 2])
  func `the next ZeRO stage saves what was promised of the category it shares`(stage: Int) throws {
    let (rank, next) = (
      TracedRank(data: 4, zero: ZeROPlan(stage: stage)), TracedRank(data: 4, zero: ZeROPlan(stage: stage + 1))
    )
    let category: MemoryCategory = [.optimizer, .gradients, .parameters][stage]
    let promised = try #require(try advice(rank, "ZeRO stage \(stage + 1)")).saves.value
    let (before, after) = (try rank.step().ledger.peak[category]!, try next.step().ledger.peak[category]!)
    // The peak of a category may lie elsewhere than the step's: then less than all of it was live, and less is promised.
    #expect(promised <= before.value - after.value + 64 * 16)
    if stage != 1 { #expect(abs(promised - (before - after).value) <= 64 * 16) }
  }

  @Test func `half the micro-batch saves half of the activations`() throws {
    let (rank, half) = (TracedRank(), TracedRank(microBatch: 2))
    let promised = try #require(try advice(rank, "micro-batch 2")).saves
    #expect(promised == (try memory(rank)).atPeak[.activations]! - (try memory(half)).atPeak[.activations]!)
  }

  @Test func `state in the host's memory leaves the device`() throws {
    let (rank, away) = (TracedRank(), TracedRank(zero: ZeROPlan(offloadsOptimizer: true)))
    let promised = try #require(try advice(rank, "optimizer state")).saves
    #expect(promised == (try memory(rank)).atPeak[.optimizer]!)
    #expect((try memory(away)).atPeak[.optimizer] ?? .zero == .zero)
    #expect(try advice(away, "optimizer state") == nil)
  }

  @Test func `twice the stages and twice the tensor-parallel ranks save no more than was promised`() throws {
    let rank = TracedRank(tensor: 1, pipeline: 2, microBatches: 8, isSequenceParallel: true)
    var (deeper, wider) = (rank, rank)
    (deeper.pipeline, wider.tensor) = (4, 2)
    for (changed, name) in [(deeper, "4 pipeline"), (wider, "tensor parallelism 2")] {
      let promised = try #require(try advice(rank, name))
      let saved = try memory(rank).peakTotal - (try memory(changed).peakTotal)
      #expect(promised.isAtMost && saved > .zero && saved <= promised.saves, "\(name)")
    }
  }

  @Test func `tensor parallelism is advised as far as NVLink reaches`() throws {
    let rank = TracedRank(tensor: 2)
    var layout = layout(rank)
    for (most, isAdvised) in [(nil, true), (8, true), (4, true), (3, false), (2, false)] as [(Int?, Bool)] {
      layout.mostTensor = most
      let all = MemoryAdvice.all(try memory(rank), layout, missing: ByteCount(1))
      #expect(all.contains { $0.action == "tensor parallelism 4" } == isAdvised, "\(most ?? 0)")
    }
  }

  @Test func `offload is advised where the host has room for it`() throws {
    let rank = TracedRank()
    let (memory, state) = (try memory(rank), try memory(rank).atPeak[.optimizer]!)
    var layout = layout(rank)
    for (share, isAdvised) in [(state, true), (state - ByteCount(1), false)] {
      layout.hostShare = share
      let all = MemoryAdvice.all(memory, layout, missing: ByteCount(1))
      #expect(all.contains { $0.action.hasPrefix("optimizer state") } == isAdvised)
    }
  }

  @Test func `nothing is advised that cannot be done or saves nothing`() throws {
    let rank = TracedRank(tensor: 4, microBatch: 1, recomputation: .full(every: 1))
    let actions = MemoryAdvice.all(try memory(rank), layout(rank), missing: ByteCount(1)).map(\.action)
    #expect(Set(actions) == ["optimizer state in the host's memory", "2 pipeline stages"])
    var counted = layout(TracedRank())
    counted.recomputable = ByteCount(7)
    let all = MemoryAdvice.all(try memory(TracedRank()), counted, missing: ByteCount(8))
    let full = try #require(all.first { $0.action == "full recomputation" })
    #expect(full.saves == ByteCount(7) && !full.suffices)
  }
}
