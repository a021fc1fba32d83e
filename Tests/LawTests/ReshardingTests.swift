import Execution
import Foundation
import Model
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("A checkpoint of one layout goes on in every other", .serialized)
struct ReshardingTests {
  static let layouts: [TinyLayout] = [
    TinyLayout(), .cut { $0.data = 3 }, .cut { $0.data = 4 }, .cut { ($0.pipeline, $0.microBatches) = (2, 4) },
    .cut { ($0.pipeline, $0.microBatches) = (4, 4) },
    .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 1)) }, .cut { ($0.data, $0.zero) = (3, ZeROPlan(stage: 2)) },
    .cut { ($0.data, $0.microBatches, $0.zero) = (2, 2, ZeROPlan(stage: 3)) }, .cut { $0.tensor = 2 },
    .cut { $0.tensor = 4 }, .cut { ($0.tensor, $0.isSequenceParallel) = (2, true) },
    .cut { ($0.data, $0.shardSize, $0.zero) = (4, 2, ZeROPlan(stage: 3)) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule, $0.chunks) = (2, 4, .interleaved, 2) },
    .cut { ($0.pipeline, $0.microBatches, $0.schedule) = (2, 4, .zeroBubbleV) },
    .cut {
      ($0.pipeline, $0.data, $0.tensor, $0.microBatches) = (2, 2, 2, 2)
      ($0.isSequenceParallel, $0.zero) = (true, ZeROPlan(stage: 1, offloadsOptimizer: true))
    },
  ]

  /// Two key-value heads cannot be cut four ways.
  private static let twoHeads = layouts.filter { $0.tensor < 4 }

  private static func run(_ base: TinyRun = .divisible, steps: Int = 10) -> TinyRun {
    var run = base
    (run.globalBatch, run.steps) = (12, steps)
    run.drop(0.1)
    return run
  }

  @Test("fp64: ten steps in any layout and ten in any other are twenty in one process, within 1e-10")
  func allPairs() throws {
    try withTemporaryFolder { folder in
      let resharding = Resharding(Self.run(), before: 10, in: folder)
      let single = try resharding.straight()[0]
      var worst = 0.0
      for origin in Self.layouts {
        let saved = try resharding.save(origin)
        for layout in Self.layouts {
          let resumed = try resharding.resume(from: origin, in: layout)
          let violation = Laws.equivalent(resumed, to: single, within: .double)
          #expect(violation == nil, "\(origin) → \(layout)")
          worst = max(worst, Distance(resumed, from: single).parameter)
          guard origin == layout else { continue }
          let violations = zip(resumed, saved).compactMap { Laws.sameShards($0, $1) }
          #expect(violations.isEmpty, "\(layout)")
        }
      }
      #expect(worst > 0)
    }
  }

  @Test(
    "Lost optimizer state, a rolled parameter and one bit of one value are found", arguments: [layouts[0], layouts[5]])
  func mutants(layout: TinyLayout) throws {
    try withTemporaryFolder { folder in
      let resharding = Resharding(Self.run(steps: 3), before: 3, in: folder)
      let (single, saved) = (try resharding.straight()[0], try resharding.save(layout))
      let lost = try resharding.resume(from: layout, in: layout) { trainer in
        let states = trainer.layout.ownUnits.map { trainer.optimizer.states[0].view(of: $0) }
        for view in states { trainer.executor.write([Double](repeating: 0, count: view.count), to: view) }
      }
      let rolled = try resharding.resume(from: layout, in: layout) { $0.changeTable { $0.append($0.removeFirst()) } }
      let nudged = try resharding.resume(from: layout, in: layout) { $0.changeTable { $0[0] = $0[0].nextUp } }
      let found = [
        Laws.equivalent(lost, to: single, within: .double), Laws.equivalent(rolled, to: single, within: .double),
        Laws.sameShards(nudged[0], saved[0]),
      ]
      #expect(found.allSatisfy { $0 != nil })
    }
  }

  @Test("Saving leaves no trace in the run", arguments: [layouts[0], layouts[6], layouts[14]])
  func savingIsSilent(layout: TinyLayout) throws {
    try withTemporaryFolder { folder in
      let resharding = Resharding(Self.run(steps: 2), before: 2, in: folder)
      let (straight, saved) = (try resharding.straight(layout), try resharding.save(layout))
      let violations = zip(saved, straight).compactMap { Laws.sameShards($0, $1) }
      #expect(violations.isEmpty)
      #expect(zip(saved, straight).allSatisfy { $0.ledger == $1.ledger && $0.trace == $1.trace })
    }
  }

  @Test("At the first step every layout writes the same files, bit for bit")
  func firstFiles() throws {
    try withTemporaryFolder { folder in
      for base in [TinyRun.divisible, .llama] {
        let layouts = base.model.family == .gpt2 ? Self.layouts : Self.twoHeads
        let resharding = Resharding(Self.run(base, steps: 0), before: 0, in: folder)
        for layout in layouts { _ = try resharding.save(layout) }
        let files = try layouts.map { try resharding.tensors(of: $0) }
        let others = files.indices.filter { files[$0] != files[0] }
        #expect(others.isEmpty, "\(others.map { layouts[$0] })")
      }
    }
  }

  @Test("A LLaMA too, from each layout to the next, within 1e-10")
  func llama() throws {
    try withTemporaryFolder { folder in
      let layouts = Self.twoHeads
      let resharding = Resharding(Self.run(.llama), before: 10, in: folder)
      let single = try resharding.straight()[0]
      for (origin, layout) in zip(layouts, layouts.dropFirst() + [layouts[0]]) {
        _ = try resharding.save(origin)
        let resumed = try resharding.resume(from: origin, in: layout)
        let violation = Laws.equivalent(resumed, to: single, within: .double)
        #expect(violation == nil, "\(origin) → \(layout)")
      }
    }
  }

  @Test(
    "16 bits: master weights and the scaler's state are kept, so that the same layout goes on bit for bit",
    arguments: [
      PrecisionPlan(.bfloat16), PrecisionPlan(.bfloat16, gradient: .bfloat16),
      PrecisionPlan(.float16, lossScaling: LossScaling(initialScale: 1024, window: 7)),
    ], [layouts[0], layouts[3], layouts[7], layouts[10], layouts[14]])
  func sixteenBits(precision: PrecisionPlan, layout: TinyLayout) throws {
    try withTemporaryFolder { folder in
      var run = Self.run(steps: 5)
      run.precision = precision
      let resharding = Resharding(run, before: 5, in: folder)
      let saved = try resharding.save(layout)
      let resumed = try resharding.resume(from: layout, in: layout)
      let violations = zip(resumed, saved).compactMap { Laws.sameShards($0, $1) }
      #expect(violations.isEmpty)
      #expect(resumed[0].results == saved[0].results)
    }
  }

  @Test(
    "16 bits: another layout takes the master weights up to the bit", arguments: [layouts[1], layouts[7], layouts[10]])
  func mastersMove(layout: TinyLayout) throws {
    try withTemporaryFolder { folder in
      var run = Self.run(steps: 0)
      run.precision = PrecisionPlan(.bfloat16)
      let resharding = Resharding(run, before: 5, in: folder)
      let saved = try resharding.save(TinyLayout())[0]
      let taken = try resharding.resume(from: TinyLayout(), in: layout)[0]
      let violation = Laws.sameBits(taken, saved)
      let rounded = Values.doubles(
        Values.bytes(saved.parameters.values.flatMap { $0 }, as: .bfloat16), as: .bfloat16)
      #expect(violation == nil)
      #expect(rounded != saved.parameters.values.flatMap { $0 })
    }
  }
}

extension Trainer {
  /// Changes what this rank holds of the token table.
  fileprivate func changeTable(_ body: (inout [Double]) -> Void) {
    let view = parameters.updated(0)
    var values = executor.values(view)!
    body(&values)
    executor.write(values, to: view)
  }
}
