package import Collectives

/// The all-reduces that are measured.
package enum LabCollective: String, Codable, CaseIterable {
  case ring, recursive, tree
  /// Reduce-scatter inside each host, all-reduce of the shards between hosts, all-gather inside.
  case hierarchical

  /// Whether it differs from the others on hosts of so many ranks.
  package func isOwn(_ lab: Lab) -> Bool { self != .hierarchical || lab.ranksPerHost > 1 && lab.hosts > 1 }

  /// What `rank` does, one schedule after the other, on a buffer of `count` elements.
  package func phases(of rank: Int, _ lab: Lab, count: Int) -> [LabPhase] {
    switch self {
    case .ring: whole(.ring, rank, lab, count)
    case .recursive: whole(.recursive, rank, lab, count)
    case .tree: whole(.tree, rank, lab, count)
    case .hierarchical: LabCollective.hierarchical(rank, lab, count)
    }
  }

  private func whole(_ algorithm: CollectiveAlgorithm, _ rank: Int, _ lab: Lab, _ count: Int) -> [LabPhase] {
    let schedule = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: lab.ranks, count: count)
    return [LabPhase(schedule: schedule, group: Array(0..<lab.ranks), position: rank, offset: 0)]
  }

  private static func hierarchical(_ rank: Int, _ lab: Lab, _ count: Int) -> [LabPhase] {
    let (local, host) = (lab.ranksPerHost, lab.host(of: rank))
    let place = rank % local
    let mates = (0..<local).map { host * local + $0 }
    let peers = (0..<lab.hosts).map { $0 * local + place }
    let shard = CollectiveSchedule.shard(place, of: local, count: count)
    let inside = { (kind: CollectiveKind) in
      LabPhase(
        schedule: CollectiveSchedule(kind, algorithm: .ring, ranks: local, count: count), group: mates,
        position: place, offset: 0)
    }
    let between = LabPhase(
      schedule: CollectiveSchedule(.allReduce, algorithm: .ring, ranks: lab.hosts, count: shard.count), group: peers,
      position: host, offset: shard.lowerBound)
    return [inside(.reduceScatter), between, inside(.allGather)]
  }
}

/// One schedule of a collective, over some of the ranks, on the elements of the buffer from `offset` on.
package struct LabPhase {
  package var schedule: CollectiveSchedule
  package var group: [Int]
  /// The rank's number in the group.
  package var position: Int
  package var offset: Int
}
