package import Collectives
package import Quantities

extension MessagePattern {
  /// A schedule's messages; those of a ring whose shards are all alike without going through its rounds.
  package init(_ schedule: CollectiveSchedule, of type: ScalarType) {
    if let ring = MessagePattern(ring: schedule, of: type) {
      self = ring
    } else {
      self.init(ranks: schedule.ranks, of: type) { schedule.rounds(of: $0) }
    }
  }

  package init(_ schedule: HierarchicalAllReduce, of type: ScalarType) {
    self.init(ranks: schedule.ranks, of: type) { schedule.rounds(of: $0) }
  }

  package init(_ schedule: PairwiseAllToAll, of type: ScalarType) {
    self.init(ranks: schedule.ranks, of: type) { schedule.rounds(of: $0) }
  }

  /// An all-reduce in the switches of one NVLink domain: each rank has its share summed and sends the sum to all.
  ///
  ///     up and down on each rank's link: (1 + 1/n) · S
  ///
  /// - Source: Klenk et al., "An In-Network Architecture for Accelerating Shared-Memory Multiprocessor Collectives", ISCA 2020.
  package static func inSwitchAllReduce(_ bytes: ByteCount, ranks: Int) -> MessagePattern {
    guard ranks > 1 else { return MessagePattern(ranks: ranks, phases: []) }
    let volume = bytes + ByteCount((bytes.value + ranks - 1) / ranks)
    let messages = (0..<ranks).flatMap { rank in
      [
        Message(from: rank, to: rank, volume, way: .toSwitch), Message(from: rank, to: rank, volume, way: .fromSwitch),
      ]
    }
    return MessagePattern(ranks: ranks, phases: [Phase(messages)])
  }

  private init(ranks: Int, of type: ScalarType, rounds: (_ rank: Int) -> [Round]) {
    var messages: [[Message]] = []
    for rank in 0..<ranks {
      for (index, round) in rounds(rank).enumerated() {
        if index == messages.count { messages.append([]) }
        for send in round.sends {
          messages[index].append(Message(from: rank, to: send.to, ByteCount(send.range.count, of: type)))
        }
      }
    }
    self.init(ranks: ranks, phases: messages.map { Phase($0) })
  }

  private init?(ring schedule: CollectiveSchedule, of type: ScalarType) {
    let (ranks, count) = (schedule.ranks, schedule.count)
    guard schedule.algorithm == .ring, ranks > 1, count > 0, count.isMultiple(of: ranks) else { return nil }
    let passes: Int
    switch schedule.kind {
    case .allReduce: passes = 2
    case .reduceScatter, .allGather: passes = 1
    case .broadcast: return nil
    }
    let shard = ByteCount(count / ranks, of: type)
    let messages = (0..<ranks).map { Message(from: $0, to: ($0 + 1) % ranks, shard) }
    self.init(ranks: ranks, phases: [Phase(messages, repeats: passes * (ranks - 1))])
  }
}
