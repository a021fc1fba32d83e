import Model
import Program
import TestSupport
import Testing
import Training

@Suite("The laws of equivalence can fail")
struct EquivalenceMatrixFaultTests {
  private static let run: TinyRun = {
    var run = TinyRun()
    (run.model, run.sequence, run.steps) = (TinyModel.gpt2.configuration(layers: 4), 8, 3)
    return run
  }()
  private static let layout = TinyLayout.cut { ($0.data, $0.tensor, $0.microBatches) = (2, 2, 2) }

  @Test(
    "A transfer that does not happen, or arrives rolled, violates the equivalence",
    arguments: [FaultyDevice.Fault.dropsTransfer(5), .rollsTransfer(5, rank: 1), .doubles("column-sum")])
  func faults(fault: FaultyDevice.Fault) throws {
    let reference = try Self.run.train()[0]
    let sound = Laws.equivalent(try Self.run.train(Self.layout), to: reference, within: .double)
    let faulty = Laws.equivalent(
      try Self.run.train(Self.layout, interference: .fault(fault)), to: reference, within: .double)
    #expect(sound == nil)
    #expect(faulty != nil)
  }

  @Test("Another seed, a lost parameter and a lost step violate it")
  func otherRuns() throws {
    let reference = try Self.run.train()[0]
    var (seed, lost, shorter) = (Self.run, reference, reference)
    seed.seed += 1
    let name = lost.parameters.keys.first!
    lost.parameters[name] = nil
    shorter.results.removeLast()
    let violations = [try seed.train()[0], lost, shorter].map {
      Laws.equivalent([$0], to: reference, within: .double)
    }
    #expect(violations.allSatisfy { $0 != nil })
  }

  @Test("One rank's other bit, another layout's shapes and a ledger that grows are found")
  func books() throws {
    var run = Self.run
    run.steps = 1
    let reports = try run.train(Self.layout)
    var other = reports
    other[1].results[0].gradientNorm = reports[1].results[0].gradientNorm!.nextUp
    let bits = Laws.ranksAgree(other)
    let shapes = Laws.shapesAgree(try run.pretend(rank: 1, .cut { ($0.data, $0.tensor) = (2, 2) }), reports[1])
    let whole = try run.pretend(.zero(0) { $0.data = 2 }).ledger
    let shards = try run.pretend(.zero(3) { $0.data = 2 }).ledger
    #expect(bits != nil)
    #expect(shapes != nil)
    #expect(Laws.shrinks([whole, shards]) == nil)
    #expect(Laws.shrinks([shards, whole]) != nil)
  }

  @Test("Closed forms of another layout or another model violate the books")
  func closedForms() throws {
    var (run, larger) = (Self.run, Self.run)
    run.steps = 1
    larger.model = TinyModel.gpt2.configuration(layers: 4, vocabulary: 32)
    let reports = try run.pretendAll(Self.layout)
    let sequence = TinyLayout.cut { ($0.data, $0.tensor, $0.microBatches, $0.isSequenceParallel) = (2, 2, 2, true) }
    let sharded = TinyLayout.zero(1) { ($0.data, $0.tensor, $0.microBatches) = (2, 2, 2) }
    let sound = Laws.sendsByTheBook(reports, run, Self.layout) ?? Laws.keepsByTheBook(reports, run, Self.layout)
    let wrong = [
      Laws.sendsByTheBook(reports, run, sequence), Laws.sendsByTheBook(reports, larger, Self.layout),
      Laws.keepsByTheBook(reports, run, sharded), Laws.keepsByTheBook(reports, larger, Self.layout),
    ]
    #expect(sound == nil)
    #expect(wrong.allSatisfy { $0 != nil })
  }
}
