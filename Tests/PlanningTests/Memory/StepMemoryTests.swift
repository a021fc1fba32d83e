import Execution
import Planning
import Program
import Quantities
import Testing
import Training

/// Walking a trace gives the ledger's peak again, and what a framework adds to it.
@Suite struct StepMemoryTests {
  @Test(arguments: TracedRank.all)
  func `without anything beside the program it is the ledger, to the byte`(rank: TracedRank) throws {
    let (step, memory) = (try rank.step(), try rank.memory())
    #expect(memory.peakTotal == step.ledger.peakTotal)
    #expect(memory.atPeak.filter { $0.value > .zero } == step.ledger.atPeak.filter { $0.value > .zero })
    #expect(memory.resident == step.ledger.live)
  }

  @Test(arguments: TracedRank.all)
  func `a byte per micro-batch in flight raises the peak by one to the number in flight`(rank: TracedRank) throws {
    let (plain, step) = (try rank.memory(), try rank.step())
    let byte = Dictionary(uniqueKeysWithValues: step.layout.ownStages.map { ($0, ByteCount(1)) })
    let more = try rank.memory(KeptBeside(inFlight: byte))
    let most = rank.microBatches * step.layout.ownStages.count
    #expect(more.peakTotal > plain.peakTotal)
    #expect(more.peakTotal.value <= plain.peakTotal.value + most)
    #expect(more.resident == plain.resident)
  }

  @Test func `the first stage of 1F1B has as many micro-batches in flight as there are stages`() throws {
    let huge = ByteCount(1 << 40)
    for stage in 0..<4 {
      let rank = TracedRank(pipeline: 4, microBatches: 8, rank: stage)
      let memory = try rank.memory(KeptBeside(inFlight: [stage: huge]))
      #expect(memory.peakTotal.value >> 40 == 4 - stage)
    }
  }

  @Test func `what a backward pass needs is there once, however many micro-batches wait`() throws {
    let rank = TracedRank(pipeline: 4, microBatches: 8)
    let memory = try rank.memory(KeptBeside(backward: [0: ByteCount(1 << 40)]))
    #expect(memory.peakTotal.value >> 40 == 1)
    #expect(memory.moment.phase == "backward")
    #expect(memory.moment.passage?.kind == .backward)
  }

  @Test(arguments: TracedRank.all)
  func `gradients that stay are counted between steps, and no peak sinks`(rank: TracedRank) throws {
    let (plain, step) = (try rank.memory(), try rank.step())
    let staying = try rank.memory(KeptBeside(gradientsStay: true))
    #expect(staying.peakTotal >= plain.peakTotal)
    #expect(staying.resident[.gradients] == step.ledger.peak[.gradients])
    #expect(staying.atPeak[.gradients] == step.ledger.peak[.gradients])
  }

  @Test func `parameters that a framework lacks, and buckets that it adds, count at all times`() throws {
    let (rank, fewer, always) = (TracedRank(), ByteCount(1000), ByteCount(3000))
    let (plain, changed) = (try rank.memory(), try rank.memory(KeptBeside(always: always, fewerParameters: fewer)))
    #expect(changed.peakTotal == plain.peakTotal + always - fewer)
    #expect(changed.resident[.parameters] == plain.resident[.parameters]! - fewer)
    #expect(changed.resident[.gradients] == always)
  }

  @Test func `a peak has its moment`() throws {
    let moment = try TracedRank(pipeline: 4, microBatches: 8, rank: 1).memory().moment
    #expect(moment.phase == "backward" && moment.passage?.kind == .backward && moment.passage?.stage == 1)
    let first = StepMoment(phase: "backward", passage: Passage(.backward, stage: 1, microBatch: 0))
    #expect(first.description == "in the backward pass of micro-batch 0 through stage 1")
    #expect(StepMoment(phase: "optimizer").description == "in the phase optimizer")
  }
}
