import Collectives
package import Execution
import Foundation
package import Program
package import Quantities

/// Laws of a run. Each returns what violates it, in words, or nil; the same functions judge correct runs and mutants.
package enum Laws {
  /// Every rank reports `reference`'s loss at every step, within a relative tolerance.
  package static func sameLosses(_ reports: [RankReport], as reference: RankReport, within tolerance: Double) -> String?
  {
    for (rank, report) in reports.enumerated() {
      for (step, (own, other)) in zip(report.losses, reference.losses).enumerated() {
        let difference = abs(own - other) / abs(other)
        if !(difference <= tolerance) { return "rank \(rank), step \(step): loss \(own) is not \(other)" }
      }
    }
    return nil
  }

  /// Every parameter and every loss has the same bits.
  package static func sameBits(_ a: RankReport, _ b: RankReport) -> String? {
    for (step, (own, other)) in zip(a.losses, b.losses).enumerated() where own.bitPattern != other.bitPattern {
      return "step \(step): loss \(own) is not \(other)"
    }
    guard a.parameters.count == b.parameters.count, !a.parameters.isEmpty else { return "other parameters" }
    for (name, values) in a.parameters {
      let other = b.parameters[name] ?? []
      let equal = values.count == other.count && zip(values, other).allSatisfy { $0.bitPattern == $1.bitPattern }
      if !equal { return "\(name) differs" }
    }
    return nil
  }

  /// After every step the books hold what they held before the first, and the allocator holds what the books do.
  package static func nothingLeaks(_ report: RankReport) -> String? {
    for (step, ledger) in report.ledgers.enumerated() where ledger.live != report.resident {
      return "step \(step) leaves \(ledger.live), not \(report.resident)"
    }
    guard let bytes = report.liveBytes else { return "no allocator was asked" }
    let live = report.ledger.live.values.reduce(ByteCount.zero, +)
    return bytes == live ? nil : "\(bytes) are allocated, \(live) are on the books"
  }

  /// The ledger's peaks are those of its trace, played again from what was resident; at its peak the categories add up to it.
  package static func peaksFollow(_ trace: Trace, _ ledger: Ledger, resident: [MemoryCategory: ByteCount]) -> String? {
    let replay = MemoryReplay(trace, resident: resident)
    if replay.live != ledger.live { return "live: \(ledger.live) on the books, \(replay.live) in the trace" }
    if replay.peak != ledger.peak { return "peaks: \(ledger.peak) on the books, \(replay.peak) in the trace" }
    if replay.peakTotal != ledger.peakTotal { return "peak: \(ledger.peakTotal), \(replay.peakTotal) in the trace" }
    let sum = ledger.atPeak.onDevice
    if sum != ledger.peakTotal { return "the categories at the peak add up to \(sum), not \(ledger.peakTotal)" }
    for (category, bytes) in ledger.atPeak where bytes > ledger.peak[category] ?? .zero {
      return
        "\(category.rawValue): \(bytes) at the peak, more than its own \(String(describing: ledger.peak[category]))"
    }
    return nil
  }

  /// The bytes that the transport was handed are those the ledger says were sent by schedules of ours.
  package static func transportAgrees(_ report: RankReport) -> String? {
    report.transportBytes == report.ledger.scheduledBytes.value
      ? nil : "\(report.transportBytes) bytes at the transport, \(report.ledger.scheduledBytes.value) on the books"
  }

  /// The text form reads back as the trace.
  package static func roundTrips(_ text: String, _ trace: Trace) -> String? {
    do {
      let parsed = try Trace(parsing: text)
      return parsed == trace && parsed.digest == trace.digest ? nil : "the text says something else"
    } catch { return "\(error)" }
  }
}

/// Memory as a trace tells it: an independent witness of the ledger's peaks.
private struct MemoryReplay {
  var live: [MemoryCategory: ByteCount]
  var peak: [MemoryCategory: ByteCount]
  var peakTotal: ByteCount

  init(_ trace: Trace, resident: [MemoryCategory: ByteCount]) {
    (live, peak, peakTotal) = (resident, resident, resident.onDevice)
    for node in trace.nodes {
      switch node {
      case .allocate(let bytes, let category): live[category] = (live[category] ?? .zero) + bytes
      case .free(let bytes, let category): live[category] = live[category]! - bytes
      case .operation, .transfer, .post, .complete, .record, .wait, .phase, .passage: continue
      }
      for (category, bytes) in live { peak[category] = max(peak[category] ?? .zero, bytes) }
      peakTotal = max(peakTotal, live.onDevice)
    }
    live = live.filter { $0.value != .zero }
  }
}

extension [MemoryCategory: ByteCount] {
  fileprivate var onDevice: ByteCount { filter { $0.key.isOnDevice }.values.reduce(.zero, +) }
}
