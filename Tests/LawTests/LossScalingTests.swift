import Execution
import Program
import Quantities
import Synchronization
import TestSupport
import Testing
import Training

@Suite("A gradient that overflows on one rank skips the step on all")
struct LossScalingTests {
  private static let layouts: [TinyLayout] = [
    TinyLayout(), .cut { $0.data = 2 }, .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) },
    .cut { ($0.data, $0.microBatches, $0.zero) = (2, 2, ZeROPlan(stage: 2)) },
    .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) }, .cut { $0.tensor = 2 },
    .cut { ($0.tensor, $0.isSequenceParallel) = (2, true) }, .cut { ($0.pipeline, $0.microBatches) = (2, 2) },
    .cut { ($0.pipeline, $0.data, $0.tensor, $0.microBatches) = (2, 2, 2, 2) },
    .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1, offloadsOptimizer: true)) },
  ]

  private static let scaling = LossScaling(initialScale: 256, window: 100)

  private static var run: TinyRun {
    var run = TinyRun.divisible
    (run.precision, run.steps) = (PrecisionPlan(.float16, lossScaling: scaling), 6)
    return run
  }

  /// What a rank updates and has of it in the optimizer, after every step.
  private final class Snapshots: Sendable {
    private let taken = Mutex<[Int: [[Double]]]>([:])
    func take(_ trainer: Trainer) {
      let views = trainer.layout.ownUnits.flatMap { unit in
        [trainer.parameters.updated(unit)] + trainer.optimizer.states.map { $0.view(of: unit) }
          + (trainer.optimizer.masters.map { [$0.view(of: unit)] } ?? [])
      }
      let values = views.flatMap { trainer.executor.values($0)! }
      taken.withLock { $0[trainer.layout.rank, default: []].append(values) }
    }
    var byRank: [[[Double]]] { taken.withLock { taken in taken.keys.sorted().map { taken[$0]! } } }
  }

  private struct Outcome {
    var reports: [RankReport]
    /// By rank and step.
    var snapshots: [[[Double]]]
  }

  /// Six steps, of which the third and the fourth overflow on the last rank.
  private func overflowing(_ layout: TinyLayout) throws -> Outcome {
    let snapshots = Snapshots()
    let interference = Interference.fault(.overflows("attention-backward", rank: layout.ranks - 1, steps: 2..<4))
    try train(layout, 0..<6, interference) { snapshots.take($0) }
    return Outcome(reports: try Self.run.train(layout, interference: interference), snapshots: snapshots.byRank)
  }

  @Test("Nothing is updated, every rank knows, and the scale shrinks when its tolerance is used up", arguments: layouts)
  func skipped(layout: TinyLayout) throws {
    let outcome = try overflowing(layout)
    for (report, states) in zip(outcome.reports, outcome.snapshots) {
      #expect(report.results.map(\.overflowed) == [false, false, true, true, false, false])
      #expect(report.results.map(\.lossScale) == [256, 256, 256, 256, 128, 128])
      let moved = (1..<states.count).filter { states[$0] != states[$0 - 1] }
      #expect(moved == [1, 4, 5])
    }
  }

  @Test("A skipped step does what every step does: the same trace, bytes, launches and memory", arguments: layouts)
  func sameProgram(layout: TinyLayout) throws {
    let programs = Programs()
    let interference = Interference.fault(.overflows("attention-backward", rank: layout.ranks - 1, steps: 2..<4))
    try train(layout, 0..<6, interference) { programs.note($0) }
    for steps in programs.byRank {
      let others = steps.indices.filter { steps[$0] != steps[0] }
      #expect(steps.count == 6 && others.isEmpty)
    }
  }

  /// What each rank did in every step, and what its books say.
  private final class Programs: Sendable {
    struct Program: Equatable {
      var ledger: Ledger
      var trace: Trace
    }
    private let noted = Mutex<[Int: [Program]]>([:])
    func note(_ trainer: Trainer) {
      let program = Program(ledger: trainer.executor.ledger, trace: trainer.executor.trace)
      noted.withLock { $0[trainer.layout.rank, default: []].append(program) }
    }
    var byRank: [[Program]] { noted.withLock { noted in noted.keys.sorted().map { noted[$0]! } } }
  }

  @Test(
    "Rate and optimizer count the steps that update: a skipped first step is as if it had not been", arguments: layouts)
  func counts(layout: TinyLayout) throws {
    let (later, first) = (Snapshots(), Snapshots())
    let interference = Interference.fault(.overflows("attention-backward", rank: 0, steps: 0..<1))
    try train(layout, 0..<6, interference) { later.take($0) }
    try train(layout, 1..<6, Interference()) { first.take($0) }
    let pairs = zip(later.byRank, first.byRank)
    #expect(pairs.allSatisfy { $0.dropFirst() == $1[...] })
  }

  /// Trains on the samples of these steps, whatever the trainer's own count.
  private func train(
    _ layout: TinyLayout, _ steps: Range<Int>, _ interference: Interference,
    _ observe: @escaping @Sendable (Trainer) -> Void
  ) throws {
    let run = Self.run
    var none = run
    none.steps = 0
    _ = try none.train(layout, interference: interference) { trainer in
      for step in steps {
        _ = try trainer.step(run.microBatches(step: step, rank: trainer.layout.rank, layout))
        observe(trainer)
      }
    }
  }

  @Test("A scale within fp16's range changes nothing but rounding", arguments: [1.0, 1024])
  func harmless(scale: Double) throws {
    var run = Self.run
    run.precision = PrecisionPlan(.float16, lossScaling: LossScaling(initialScale: scale, isStatic: true))
    let scaled = try run.train()[0]
    run.precision = PrecisionPlan(.float32)
    let plain = try run.train()[0]
    let difference = scaled.lossDifference(from: plain)
    #expect(difference < 2e-2)
    #expect(scaled.results.allSatisfy { !$0.overflowed })
  }

  @Test("A scale far outside fp16's range overflows by itself until it has shrunk")
  func shrinking() throws {
    var run = Self.run
    (run.precision.lossScaling, run.steps) = (LossScaling(initialScale: 0x1p30, hysteresis: 1), 25)
    let results = try run.train()[0].results
    let skipped = results.prefix { $0.overflowed }.count
    #expect(skipped > 0 && skipped < 25)
    #expect(results[skipped].lossScale == 0x1p30 / pow2(skipped))
    #expect(results[skipped...].allSatisfy { !$0.overflowed && $0.gradientNorm!.isFinite })
  }

  private func pow2(_ exponent: Int) -> Double { Double(1 << exponent) }
}
