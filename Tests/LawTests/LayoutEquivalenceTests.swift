import Collectives
import Model
import Program
import Quantities
import TestSupport
import Testing
import Training

/// Data-parallel ranks and micro-batches.
@Suite("Every cut of the batch computes what one process computes")
struct LayoutEquivalenceTests {
  @Test("fp64: ranks × accumulation give one process's loss at every one of 50 steps, within 1e-10")
  func lossesAgree() throws {
    var run = TinyRun()
    (run.globalBatch, run.steps) = (16, 50)
    let single = try run.train()[0]
    #expect(single.losses.last! < single.losses[0] * 0.95)
    for dataParallel in [1, 2, 4] {
      for accumulation in [1, 2, 4] {
        let reports = try run.train(.data(dataParallel, accumulation: accumulation))
        let violation = Laws.sameLosses(reports, as: single, within: 1e-10)
        #expect(violation == nil, "dp \(dataParallel), accumulation \(accumulation)")
      }
    }
  }

  @Test("Dropout masks are the same in every layout: fp64, 10 steps, within 1e-10", arguments: [1, 2, 4], [1, 2, 4])
  func dropoutAgrees(dataParallel: Int, accumulation: Int) throws {
    let run = TinyRun.dropping
    let (single, plain) = (try run.train()[0], try TinyRun.of(batch: 16, steps: 10).train()[0])
    let reports = try run.train(.data(dataParallel, accumulation: accumulation))
    let violation = Laws.sameLosses(reports, as: single, within: 1e-10)
    #expect(violation == nil)
    #expect(single.losses != plain.losses)
  }

  @Test("fp32 with momentum: losses of 50 steps within 1e-5", arguments: [1, 2, 4], [1, 2, 4])
  func singlePrecision(dataParallel: Int, accumulation: Int) throws {
    var run = TinyRun.of(batch: 16, steps: 50)
    (run.precision, run.optimizer, run.rate) = (PrecisionPlan(.float32), .momentum(), 0.05)
    let single = try run.train()[0]
    let reports = try run.train(.data(dataParallel, accumulation: accumulation))
    let violation = Laws.sameLosses(reports, as: single, within: 1e-5)
    #expect(violation == nil)
    #expect(single.losses.last! < single.losses[0] * 0.9)
  }

  @Test("Ring, recursive and tree agree within 1e-12, and all replicas to the bit", arguments: [2, 3, 4])
  func algorithmsAgree(dataParallel: Int) throws {
    var run = TinyRun.of(batch: 12, steps: 5)
    let (single, layout) = (try run.train()[0], TinyLayout.data(dataParallel))
    for algorithm in CollectiveAlgorithm.allCases {
      run.allReduce = .schedule(algorithm)
      let reports = try run.train(layout)
      let violations = [
        Laws.sameLosses(reports, as: single, within: 1e-12), Laws.replicasAgree(reports, in: layout),
        reports.lazy.compactMap(Laws.transportAgrees).first,
      ]
      #expect(violations.allSatisfy { $0 == nil }, "\(algorithm)")
    }
  }

  @Test("Targets that count in no loss, unevenly over ranks, are averaged over the tokens that do", arguments: [2, 4])
  func unevenTokens(dataParallel: Int) throws {
    var run = TinyRun.of(batch: 8, steps: 5)
    run.ignoresTargets = true
    let single = try run.train()[0]
    let violation = Laws.sameLosses(try run.train(.data(dataParallel)), as: single, within: 1e-10)
    #expect(violation == nil)
  }
}

extension TinyLayout {
  /// Data-parallel ranks alone.
  static func data(_ ranks: Int, accumulation: Int = 1) -> TinyLayout {
    .cut { ($0.data, $0.microBatches) = (ranks, accumulation) }
  }
}

extension TinyRun {
  static func of(batch: Int, steps: Int) -> TinyRun {
    var run = TinyRun()
    (run.globalBatch, run.steps) = (batch, steps)
    return run
  }

  /// Ten steps with every dropout at 0.1.
  static var dropping: TinyRun {
    var run = of(batch: 16, steps: 10)
    run.drop(0.1)
    return run
  }
}
