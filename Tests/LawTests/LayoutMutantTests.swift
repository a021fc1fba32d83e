import Foundation
import Mesh
import Program
import TestSupport
import Testing
import Training

@Suite("Every law of layouts finds the fault that it exists for")
struct LayoutMutantTests {
  @Test("A fault on the device is reported, and the same run without it is not", arguments: LayoutMutant.all)
  func mutants(mutant: LayoutMutant) throws {
    let single = try mutant.run.train()[0]
    let (sound, faulty) = (
      try mutant.violation(.none, as: single), try mutant.violation(mutant.fault, as: single)
    )
    #expect(sound == nil)
    #expect(faulty != nil)
  }

  /// The number of tokens is the only single value that is summed along the data axis.
  private static let averagesPerRank = FaultyDevice.Fault.replaces {
    $0.scope == .data && $0.count == 1
  } by: {
    $0[0] *= Double($1.group.count)
  }

  @Test("A loss averaged over ranks instead of tokens is found where ranks have unequal tokens, and only there")
  func averagedOverRanks() throws {
    let violations = try [true, false].map { uneven in
      var run = TinyRun()
      run.ignoresTargets = uneven
      let single = try run.train()[0]
      let reports = try run.train(.data(2), interference: .fault(Self.averagesPerRank))
      return Laws.sameLosses(reports, as: single, within: 1e-10)
    }
    #expect(violations[0] != nil)
    #expect(violations[1] == nil)
  }

  @Test("A micro-batch in the place of another is found under a pipeline too", arguments: [1, 2])
  func swappedMicroBatches(pipeline: Int) throws {
    var run = TinyRun()
    run.drop(0.2)
    let layout = TinyLayout.cut { ($0.pipeline, $0.microBatches) = (pipeline, 2) }
    let single = try run.train()[0]
    let (sound, faulty) = (
      Laws.sameLosses(try run.train(layout), as: single, within: 1e-10),
      Laws.sameLosses(try run.train(layout, interference: .swappedMicroBatches), as: single, within: 1e-10)
    )
    #expect(sound == nil)
    #expect(faulty != nil)
  }

  @Test("A message that never leaves ends the run within its deadline, and is named", arguments: [0, 2, 13])
  func lostMessage(tag: Int) {
    var run = TinyRun()
    run.deadline = 1
    let layout = TinyLayout.cut { ($0.pipeline, $0.microBatches) = (2, 4) }
    let (text, seconds) = outcome(run, layout, .loses { $0.tag == tag })
    #expect(text.contains("tag \(tag)"))
    #expect(text.contains("rank 0") && text.contains("rank 1"), "\(text)")
    #expect(seconds < 10)
  }

  @Test("A rank that fails in a collective ends all others at once, in every kind of layout", arguments: failing)
  func failingRank(layout: TinyLayout) {
    let interference = Interference.device { host, rank in
      FaultyDevice(host, rank: rank, rank == 1 ? .throwsAt(4) : .none)
    }
    let (text, seconds) = outcome(TinyRun.divisible, layout, interference)
    #expect(text.contains("a planted failure"))
    #expect(seconds < 5)
  }

  private static let failing: [TinyLayout] = [
    .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) }, .cut { $0.tensor = 2 },
    .cut { ($0.pipeline, $0.data, $0.tensor, $0.microBatches) = (2, 2, 2, 2) },
  ]

  private func outcome(
    _ run: TinyRun, _ layout: TinyLayout, _ fault: FaultyDevice.Fault
  ) -> (text: String, seconds: Double) { outcome(run, layout, .fault(fault)) }

  /// What a run ends with, and after how long.
  private func outcome(
    _ run: TinyRun, _ layout: TinyLayout, _ interference: Interference
  ) -> (text: String, seconds: Double) {
    let start = Date()
    var text = "no error"
    do { _ = try run.train(layout, interference: interference) } catch { text = "\(error)" }
    return (text, Date().timeIntervalSince(start))
  }
}
