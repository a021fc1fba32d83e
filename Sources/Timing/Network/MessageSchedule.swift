package import Cluster
import Collectives
package import NetworkModel
package import Quantities

/// The schedules by which a collective can be played message by message.
package enum MessageSchedule: String, Hashable, Sendable, CaseIterable {
  /// Between neighbours; a broadcast is a chain of pieces.
  case ring
  /// Recursive halving and doubling.
  case recursive
  /// Binomial trees of whole buffers.
  case tree
  /// Rings inside the nodes, and rings of shards between them.
  case hierarchical
  /// Every rank to each other one.
  case pairwise
  /// Sums in the switch of an NVLink domain.
  case inSwitch = "in-switch"

  /// Of a kind, whether or not a group has the links for them.
  package static func all(of kind: CollectiveRequest.Kind) -> [MessageSchedule] {
    switch kind {
    case .allReduce: [.ring, .recursive, .tree, .hierarchical, .inSwitch]
    case .allGather, .reduceScatter, .broadcast: [.ring, .recursive, .tree]
    case .allToAll: [.pairwise]
    case .sendReceive: []
    }
  }

  /// Whether a group of some GPUs can carry it out: in a switch that sums, or in equal parts on several nodes.
  package func fits(_ gpus: [Int], of cluster: ClusterDescription) -> Bool {
    switch self {
    case .ring, .recursive, .tree, .pairwise: true
    case .hierarchical: Self.parts(gpus, cluster) != nil
    case .inSwitch: cluster.nodeFabric.reducesInSwitch && Set(gpus.map { cluster.domain(of: $0) }).count == 1
    }
  }

  /// Ranks in each NVLink domain, or node, and how many of those: nil where some have more than others, or where there is one alone.
  private static func parts(_ gpus: [Int], _ cluster: ClusterDescription) -> (ranks: Int, count: Int)? {
    let domains = gpus.map { cluster.domain(of: $0) }
    let ranks = domains.prefix { $0 == domains[0] }.count
    guard ranks > 1, ranks < gpus.count, gpus.count.isMultiple(of: ranks) else { return nil }
    let parts = Swift.stride(from: 0, to: gpus.count, by: ranks).map { Set(domains[$0..<$0 + ranks]) }
    guard parts.allSatisfy({ $0.count == 1 }), Set(parts).count == parts.count else { return nil }
    return (ranks, parts.count)
  }

  /// What the ranks send each other: values of fp32, each rank's part of the buffer rounded up to whole ones.
  ///
  /// - Parameter bytes: as of a `CollectiveRequest`.
  package func pattern(
    of kind: CollectiveRequest.Kind, _ bytes: ByteCount, on gpus: [Int], of cluster: ClusterDescription
  ) -> MessagePattern {
    precondition(Self.all(of: kind).contains(self) && fits(gpus, of: cluster), "\(kind.rawValue) by \(rawValue)")
    let type = ScalarType.float32
    let part = (bytes.value + gpus.count * type.size - 1) / (gpus.count * type.size)
    let count = part * gpus.count
    func plain(_ algorithm: CollectiveAlgorithm) -> MessagePattern {
      MessagePattern(
        CollectiveSchedule(CollectiveKind(kind), algorithm: algorithm, ranks: gpus.count, count: count), of: type)
    }
    switch self {
    case .ring: return plain(.ring)
    case .recursive: return plain(.recursive)
    case .tree: return plain(.tree)
    case .hierarchical:
      let parts = Self.parts(gpus, cluster)!
      return MessagePattern(
        HierarchicalAllReduce(ranksPerNode: parts.ranks, nodes: parts.count, count: count), of: type)
    case .pairwise: return MessagePattern(PairwiseAllToAll(ranks: gpus.count, block: part), of: type)
    case .inSwitch: return .inSwitchAllReduce(ByteCount(count, of: type), ranks: gpus.count)
    }
  }
}

extension ClusterDescription {
  /// The NVLink domain of a GPU, or its node.
  fileprivate func domain(of gpu: Int) -> Int { gpu / gpusPerNode / nodeFabric.nodesPerDomain }
}

extension CollectiveKind {
  /// Of kinds that have schedules with rounds of one buffer.
  fileprivate init(_ kind: CollectiveRequest.Kind) {
    self =
      switch kind {
      case .allReduce: .allReduce
      case .reduceScatter: .reduceScatter
      case .allGather: .allGather
      case .broadcast: .broadcast
      case .allToAll, .sendReceive: preconditionFailure("\(kind.rawValue) has no rounds of one buffer")
      }
  }
}
