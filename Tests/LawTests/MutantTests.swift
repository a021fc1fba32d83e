import Collectives
import Execution
import Program
import Quantities
import TestSupport
import Testing
import Training

@Suite("Every law finds the fault that it exists for")
struct MutantTests {
  /// Clipped at every step, so that norms are felt.
  private static let run: TinyRun = {
    var run = TinyRun.of(batch: 12, steps: 3)
    run.clipping = 0.1
    return run
  }()

  private func violation(of fault: FaultyDevice.Fault, run: TinyRun = run, accumulation: Int = 1) throws -> String? {
    let single = try run.train()[0]
    let reports = try run.train(.data(2, accumulation: accumulation), interference: .fault(fault))
    return Laws.sameLosses(reports, as: single, within: 1e-10)
  }

  @Test("A device without a fault violates nothing")
  func control() throws {
    let violation = try violation(of: .none)
    #expect(violation == nil)
  }

  @Test("A dropped all-reduce, whichever it is, violates the equivalence of layouts", arguments: 0...7)
  func droppedTransfer(index: Int) throws {
    let violation = try violation(of: .dropsTransfer(index))
    #expect(violation != nil)
  }

  @Test("A sum that arrives rolled by one value on one rank violates it, and parts the replicas")
  func rolledTransfer() throws {
    let violation = try violation(of: .rollsTransfer(3, rank: 1))
    let reports = try Self.run.train(.data(2), interference: .fault(.rollsTransfer(3, rank: 1)))
    #expect(violation != nil)
    let parted = Laws.replicasAgree(reports, in: .data(2))
    #expect(parted != nil)
  }

  @Test(
    "A doubled gradient violates it", arguments: ["column-sum", "token-embedding-backward", "cross-entropy-backward"])
  func doubledGradient(operation: String) throws {
    let violation = try violation(of: .doubles(operation))
    #expect(violation != nil)
  }

  @Test("Masks that depend on the layout violate it where values are dropped, and only there")
  func localMasks() throws {
    var dropping = TinyRun.dropping
    (dropping.globalBatch, dropping.steps) = (12, 3)
    let caught = try violation(of: .countsSamplesLocally, run: dropping)
    let harmless = try violation(of: .countsSamplesLocally)
    #expect(caught != nil)
    #expect(harmless == nil)
  }

  @Test("Micro-batches that change places violate it where values are dropped")
  func swappedMicroBatches() throws {
    var run = TinyRun.dropping
    run.steps = 3
    let single = try run.train()[0]
    let straight = try run.train(.data(1, accumulation: 2))
    let swapped = try run.train(.data(1, accumulation: 2), interference: .swappedMicroBatches)
    #expect(Laws.sameLosses(straight, as: single, within: 1e-10) == nil)
    #expect(Laws.sameLosses(swapped, as: single, within: 1e-10) != nil)
  }

  @Test("The last bit of one value violates repeatability", arguments: ["matmul", "optimizer-step"])
  func lastBit(operation: String) throws {
    let (straight, nudged) = (
      try Self.run.train()[0], try Self.run.train(interference: .fault(.nudges(operation)))[0]
    )
    let violation = Laws.sameBits(straight, nudged)
    #expect(violation != nil)
  }

  @Test("A block that is not given back violates the allocator's account", arguments: [0, 5, 100])
  func leaks(free: Int) throws {
    let report = try Self.run.train(interference: .fault(.forgets(free)))[0]
    let violation = Laws.nothingLeaks(report)
    #expect(violation != nil)
  }

  @Test("A byte too many on the wire violates the transport's account, and nothing else", arguments: wired)
  func byteTooMany(layout: TinyLayout) throws {
    var run = Self.run
    run.steps = 1
    let single = try run.train()[0]
    let reports = try run.train(layout, interference: .byteTooMany)
    let (found, violation) = (
      reports.compactMap(Laws.transportAgrees), Laws.sameLosses(reports, as: single, within: 1e-10)
    )
    #expect(found.count == layout.ranks)
    #expect(violation == nil)
  }

  private static let wired: [TinyLayout] = [
    .data(2), .cut { ($0.data, $0.zero) = (2, ZeROPlan(stage: 3)) }, .cut { $0.tensor = 2 },
    .cut { ($0.pipeline, $0.microBatches) = (2, 2) },
  ]

  @Test("A value too many in the payload, and another algorithm, violate the ring's volume")
  func wrongVolume() throws {
    var run = Self.run
    let ring = try run.train(.data(3))
    let more = Laws.ringVolume(ring, payload: Laws.payload(run) + ByteCount(1, of: .float64))
    run.allReduce = .schedule(.tree)
    let tree = Laws.ringVolume(try run.train(.data(3)), payload: Laws.payload(run))
    #expect(more != nil)
    #expect(tree != nil)
  }

  @Test("A trace without one free, and a text with one digit changed, violate the trace's laws")
  func damagedTrace() throws {
    let report = try Self.run.train()[0]
    var trace = report.trace
    let free = trace.nodes.lastIndex { if case .free = $0 { true } else { false } }!
    trace.nodes.remove(at: free)
    let peaks = Laws.peaksFollow(trace, report.ledger, resident: report.resident)
    let text = report.trace.text.replacing("\"m\":96", with: "\"m\":97", maxReplacements: 1)
    let altered = Laws.roundTrips(text, report.trace)
    let torn = Laws.roundTrips(String(text.dropLast(5)), report.trace)
    #expect(peaks != nil)
    #expect(altered != nil)
    #expect(torn?.contains("line") == true)
  }
}
