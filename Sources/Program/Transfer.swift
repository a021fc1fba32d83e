package import Collectives
package import Mesh
package import Quantities

/// Who computes a collective's schedule.
package enum TransferAlgorithm: Hashable, Sendable, Codable {
  /// One of ours, sent message by message.
  case schedule(CollectiveAlgorithm)
  /// One of ours, chosen by ranks and size.
  case automatic
  /// The message-passing library's own; only its payload is known.
  case library
}

/// A collective among the ranks of one scope, as data.
package struct Transfer: Hashable, Sendable, Codable {
  package var kind: CollectiveKind
  package var scope: Scope
  package var algorithm: TransferAlgorithm
  /// Global ranks that take part, in the order of their coordinate; `position` is this rank's index in it.
  package var group: [Int]
  package var position: Int
  package var count: Int
  package var type: ScalarType
  /// Index into `group` of the rank that broadcasts.
  package var root: Int
  /// What two values become where a collective combines them.
  package var reduction: Reduction

  package init(
    _ kind: CollectiveKind, scope: Scope, algorithm: TransferAlgorithm, group: [Int], position: Int, count: Int,
    type: ScalarType, root: Int = 0, reduction: Reduction = .sum
  ) {
    (self.kind, self.scope, self.algorithm, self.group, self.position) = (kind, scope, algorithm, group, position)
    (self.count, self.type, self.root, self.reduction) = (count, type, root, reduction)
  }

  /// The rounds of messages, for algorithms of ours.
  package var schedule: CollectiveSchedule? {
    let algorithm: CollectiveAlgorithm
    switch self.algorithm {
    case .schedule(let chosen): algorithm = chosen
    case .automatic: algorithm = .automatic(ranks: group.count, count: count, type: type)
    case .library: return nil
    }
    return CollectiveSchedule(kind, algorithm: algorithm, ranks: group.count, count: count, root: root)
  }

  /// Bytes this rank sends; for the library's own algorithm, the payload it is handed.
  package var sentBytes: ByteCount {
    guard group.count > 1 else { return .zero }
    return ByteCount(schedule?.sentElements(by: position) ?? count, of: type)
  }

  /// Values staged on arrival before they are added: one segment.
  package var scratchCount: Int {
    guard group.count > 1, let schedule, schedule.sums else { return 0 }
    return min(count, Transfer.segment)
  }

  /// Values of one message at the most. A segment and its sum stay in a core's cache.
  package static let segment = 128 * 1024
}

extension CollectiveSchedule {
  fileprivate var sums: Bool { kind == .allReduce || kind == .reduceScatter }
}

/// What a collective makes of two ranks' values. 16-bit values are added in fp32 and rounded once for every addition.
package enum Reduction: String, Hashable, Sendable, Codable {
  case sum, maximum
}
