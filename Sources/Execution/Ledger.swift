package import Collectives
package import Mesh
package import Program
package import Quantities

/// The totals of one step on one rank: work, memory by category, bytes by axis and collective. Exact integers.
package struct Ledger: Hashable, Sendable {
  /// One line of the communication account.
  package struct Line: Hashable, Sendable, Codable {
    package var calls = 0
    /// Values that the callers asked to move (K), before any algorithm.
    package var payload = ByteCount.zero
    /// Bytes this rank sends.
    package var sent = ByteCount.zero
  }
  package struct Route: Hashable, Sendable, Codable {
    package var scope: Scope
    package var kind: Kind
    package var library: Bool
  }
  /// What moves: a collective, or messages from one rank to another.
  package enum Kind: Hashable, Sendable, Codable {
    case collective(CollectiveKind)
    case message

    package var name: String {
      switch self {
      case .collective(let kind): kind.rawValue
      case .message: "send"
      }
    }
  }

  package private(set) var launches: [String: Int] = [:]
  package private(set) var flops: [String: FLOPCount] = [:]
  package private(set) var communication: [Route: Line] = [:]
  package private(set) var live: [MemoryCategory: ByteCount] = [:]
  /// The most that each category held at once.
  package private(set) var peak: [MemoryCategory: ByteCount] = [:]
  package private(set) var liveTotal = ByteCount.zero
  /// The most that the device's categories held together.
  package private(set) var peakTotal = ByteCount.zero
  /// What each category held at the moment of `peakTotal`.
  package private(set) var atPeak: [MemoryCategory: ByteCount] = [:]

  package init() {}

  package var totalFLOPs: FLOPCount { flops.values.reduce(.zero, +) }
  package var sentBytes: ByteCount { communication.values.reduce(.zero) { $0 + $1.sent } }
  /// Bytes sent by schedules of ours, message by message.
  package var scheduledBytes: ByteCount {
    communication.filter { !$0.key.library }.values.reduce(.zero) { $0 + $1.sent }
  }
}

extension Ledger {
  mutating func beginStep() {
    (launches, flops, communication) = ([:], [:], [:])
    (peak, peakTotal, atPeak) = (live, liveTotal, live)
  }

  mutating func allocated(_ bytes: ByteCount, _ category: MemoryCategory) {
    live[category, default: .zero] += bytes
    peak[category] = max(peak[category] ?? .zero, live[category]!)
    guard category.isOnDevice else { return }
    liveTotal += bytes
    if liveTotal > peakTotal { (peakTotal, atPeak) = (liveTotal, live) }
  }

  mutating func freed(_ bytes: ByteCount, _ category: MemoryCategory) {
    live[category, default: .zero] -= bytes
    if category.isOnDevice { liveTotal -= bytes }
    if live[category] == .zero { live[category] = nil }
  }

  mutating func launched(_ operation: Operation) {
    launches[operation.name, default: 0] += 1
    flops[operation.name, default: .zero] += operation.flops
  }

  mutating func transferred(_ transfer: Transfer) {
    let route = Route(
      scope: transfer.scope, kind: .collective(transfer.kind), library: transfer.algorithm == .library)
    enter(route, payload: ByteCount(transfer.count, of: transfer.type), sent: transfer.sentBytes)
  }

  /// A message is on the books of the rank that sends it.
  mutating func posted(_ message: Message) {
    guard message.direction == .send else { return }
    enter(Route(scope: message.scope, kind: .message, library: false), payload: message.bytes, sent: message.bytes)
  }

  mutating func hold(_ held: HeldMemory) {
    (live, peak, atPeak) = (held.live.byCategory, held.peak.byCategory, held.atPeak.byCategory)
    (liveTotal, peakTotal) = (held.liveTotal, held.peakTotal)
  }

  /// Work and communication of a stretch of nodes, so many times.
  mutating func enter(_ stretch: Ledger, times count: Int) {
    for (name, number) in stretch.launches { launches[name, default: 0] += number * count }
    for (name, work) in stretch.flops { flops[name, default: .zero] += FLOPCount(work.value * count) }
    for (route, line) in stretch.communication {
      communication[route, default: Line()].calls += line.calls * count
      communication[route]!.payload += line.payload * count
      communication[route]!.sent += line.sent * count
    }
  }

  private mutating func enter(_ route: Route, payload: ByteCount, sent: ByteCount) {
    communication[route, default: Line()].calls += 1
    communication[route]!.payload += payload
    communication[route]!.sent += sent
  }
}
