import Corpus
import Execution
import Host
import Model
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("What ranks really do is the program that is simulated")
struct ProgramCheckTests {
  /// Two by two ranks, each pair of axes, with what changes a step the most.
  static let layouts: [TinyLayout] = [
    .cut { ($0.data, $0.tensor) = (2, 2) },
    .cut { ($0.data, $0.tensor, $0.isSequenceParallel, $0.recomputation) = (2, 2, true, .selective) },
    .cut { ($0.data, $0.tensor, $0.zero) = (2, 2, ZeROPlan(stage: 3)) },
    .cut { ($0.data, $0.pipeline, $0.microBatches) = (2, 2, 4) },
    .cut { ($0.data, $0.pipeline, $0.microBatches, $0.zero) = (2, 2, 4, ZeROPlan(stage: 2)) },
    .cut { ($0.data, $0.pipeline, $0.microBatches, $0.schedule) = (2, 2, 4, .zeroBubbleH1) },
    .cut { ($0.pipeline, $0.tensor, $0.microBatches) = (2, 2, 4) },
    .cut { ($0.pipeline, $0.tensor, $0.microBatches, $0.schedule, $0.chunks) = (2, 2, 4, .interleaved, 2) },
    .cut { ($0.pipeline, $0.tensor, $0.microBatches, $0.schedule) = (2, 2, 4, .dualPipeV) },
  ]

  @Test("Trace, ledger and bytes sent of every thread's step are those of shapes alone", arguments: layouts)
  func realEqualsProgram(_ layout: TinyLayout) throws {
    let run = TinyRun.divisible
    let reports = try run.train(layout)
    #expect(reports.count == 4)
    for (rank, report) in reports.enumerated() {
      let check = ProgramCheck(run.plan(layout), mesh: layout.mesh, rank: rank)
      #expect(throws: Never.self, "rank \(rank)") { try check.compare(report.trace, step: run.steps) }
      #expect(check.program.ledger == report.ledger, "rank \(rank)")
      #expect(check.program.ledger.sentBytes == ByteCount(report.transportBytes), "rank \(rank)")
    }
  }

  @Test("Another node, one too many and one too few are found where they are")
  func differencesAreNamed() throws {
    let layout = TinyLayout.cut { ($0.data, $0.tensor) = (2, 2) }
    let check = ProgramCheck(TinyRun().plan(layout), mesh: layout.mesh, rank: 1)
    let nodes = check.expected.nodes
    for place in [0, nodes.count / 2, nodes.count - 1] {
      var (other, longer, shorter) = (check.expected, check.expected, check.expected)
      other.nodes[place] = .free(ByteCount(1), .inputs)
      longer.nodes.insert(.free(ByteCount(1), .inputs), at: place)
      shorter.nodes.removeSubrange(place...)
      for trace in [other, longer, shorter] {
        let mismatch = try #require(throws: ProgramMismatch.self) { try check.compare(trace, step: 3) }
        #expect(mismatch.place == place && mismatch.step == 3)
        #expect(mismatch.expected != nil && (mismatch.found == nil) == (trace == shorter))
        #expect(mismatch.description.contains("step 3"))
        #expect(mismatch.description.contains("node \(place) "))
      }
    }
    let longer = try #require(throws: ProgramMismatch.self) {
      var trace = check.expected
      trace.nodes.append(.phase("more"))
      try check.compare(trace, step: 1)
    }
    #expect(longer.place == nodes.count && longer.expected == nil && longer.found?.contains("more") == true)
  }

  @Test("A rank of another layout, precision or batch is not taken for this one's")
  func otherProgramsDiffer() {
    let (run, layout) = (TinyRun(), TinyLayout.cut { ($0.data, $0.tensor) = (2, 2) })
    let check = ProgramCheck(run.plan(layout), mesh: layout.mesh, rank: 0)
    let wide = TinyLayout.cut { $0.data = 4 }
    var wider = run
    wider.precision = PrecisionPlan(.float32)
    let others = [
      ProgramCheck(wider.plan(layout), mesh: layout.mesh, rank: 0),
      ProgramCheck(run.plan(layout), mesh: layout.mesh, rank: 1),
      ProgramCheck(run.plan(wide), mesh: wide.mesh, rank: 0),
    ]
    for other in others {
      #expect(throws: ProgramMismatch.self) { try check.compare(other.expected, step: 1) }
    }
  }

  @Test("A run reports every step that is its program, with both clocks, and none that is not")
  func runsAreHeldToTheirProgram() throws {
    let (run, layout) = (TinyRun(), TinyLayout())
    let clock = SimulatedClock(seconds: 0.5, utilization: 0.25)
    let own = ProgramCheck(run.plan(), mesh: layout.mesh, rank: 0)
    let events = try observed(run, own, clock)
    #expect(events.steps.map(\.simulated) == [clock, clock])
    #expect(events.steps.allSatisfy { $0.seconds > 0 && $0.seconds != clock.seconds })
    #expect(events.totals?.predicted?.perStep == events.totals?.bytesPerStep)
    #expect(events.totals?.predicted?.peakMemory == events.totals?.peakMemory)
    #expect(events.totals?.predicted?.memoryByCategory == events.totals?.memoryByCategory)
    #expect(events.begun == 2)

    var other = run
    other.globalBatch = 4
    let wrong = ProgramCheck(other.plan(), mesh: layout.mesh, rank: 0)
    let seen = Observed()
    let mismatch = #expect(throws: ProgramMismatch.self) { try observed(run, wrong, clock, seen) }
    #expect(mismatch?.step == 1 && seen.steps.isEmpty && seen.totals == nil)
  }

  private final class Observed {
    var steps: [StepReport] = []
    var totals: RunTotals?
    var begun = 0
  }

  /// Two steps of one process, and what is told of them.
  @discardableResult private func observed(
    _ run: TinyRun, _ check: ProgramCheck, _ clock: SimulatedClock, _ observed: Observed = Observed()
  ) throws -> Observed {
    let device = try HostDevice(transport: nil)
    let trainer = Trainer(run.plan(), device: device, mesh: TinyLayout().mesh, rank: 0)
    trainer.initialize()
    let tokens = SyntheticTokens(vocabularySize: run.model.vocabularySize, count: 4096)
    let witness = TrainingRun.Witness(
      highWater: { device.highWater }, transportBytes: { .zero }, controlBytes: { .zero },
      stepBegins: { observed.begun += 1 })
    let options = TrainingRun.Options(
      steps: 2, evaluationInterval: 0, evaluationBatches: 0, checkpointInterval: 0, store: nil)
    let training = try TrainingRun(
      trainer, Dataset(synthetic: tokens), options, witness: witness, peak: ComputeRate(1e9), check: check,
      simulated: clock, extras: nil)
    try training.run { event in
      switch event {
      case .step(let report): observed.steps.append(report)
      case .ended(let totals): observed.totals = totals
      default: break
      }
    }
    return observed
  }
}
