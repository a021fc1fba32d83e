/// An all-reduce that goes between nodes only with what each node has summed: reduce-scatter in a ring inside each node, all-reduce of
/// each shard between the ranks that own it, all-gather in a ring inside each node.
///
/// Rank r is number r mod `ranksPerNode` of node r / `ranksPerNode`. It keeps the promises of a `CollectiveSchedule`; its sums have an
/// order of their own.
///
/// - Rounds: 2·(ranksPerNode − 1), and those of the all-reduce over `nodes` ranks.
/// - Communicates: per node 2·(nodes − 1)/nodes·K elements to other nodes with a ring between them; a flat ring's rank sends as much.
/// - Source: Patarasuk & Yuan 2009, JPDC 69(2):117–124, for the rings; the levels: Cho et al. 2019, "BlueConnect", MLSys.
package struct HierarchicalAllReduce: Hashable, Sendable {
  package let ranksPerNode, nodes: Int
  /// Elements of the buffer.
  package let count: Int
  /// Between nodes.
  package let algorithm: CollectiveAlgorithm

  package init(ranksPerNode: Int, nodes: Int, count: Int, between algorithm: CollectiveAlgorithm = .ring) {
    precondition(ranksPerNode > 0 && nodes > 0, "an all-reduce over \(nodes) nodes of \(ranksPerNode) ranks")
    precondition(count >= 0, "an all-reduce of \(count) elements: a count is not negative")
    (self.ranksPerNode, self.nodes, self.count, self.algorithm) = (ranksPerNode, nodes, count, algorithm)
  }

  package var ranks: Int { ranksPerNode * nodes }

  /// What `rank` sends and receives, round by round.
  package func rounds(of rank: Int) -> [Round] {
    precondition((0..<ranks).contains(rank), "rank \(rank) of an all-reduce over \(ranks) ranks: no such rank")
    let (node, local) = rank.quotientAndRemainder(dividingBy: ranksPerNode)
    let inside = { (kind: CollectiveKind) in
      CollectiveSchedule(kind, algorithm: .ring, ranks: ranksPerNode, count: count).rounds(of: local)
        .map { $0.moved(by: 0) { node * ranksPerNode + $0 } }
    }
    return inside(.reduceScatter) + between(node, local) + inside(.allGather)
  }

  /// An owner of no elements has its rounds empty, so that all ranks have equally many.
  private func between(_ node: Int, _ local: Int) -> [Round] {
    let shard = CollectiveSchedule.shard(local, of: ranksPerNode, count: count)
    let number = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: nodes, count: max(count, 1))
    guard !shard.isEmpty else { return count == 0 ? [] : number.rounds(of: node).map { _ in Round() } }
    return CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: nodes, count: shard.count).rounds(of: node)
      .map { $0.moved(by: shard.lowerBound) { $0 * ranksPerNode + local } }
  }
}

extension Round {
  /// The same round in a larger group, where `rank` tells a member's number, on a buffer that starts at `offset`.
  func moved(by offset: Int, _ rank: (Int) -> Int) -> Round {
    let range = { (own: Range<Int>) in own.lowerBound + offset..<own.upperBound + offset }
    return Round(
      sends: sends.map { Send(to: rank($0.to), range: range($0.range)) },
      receives: receives.map { Receive(from: rank($0.from), range: range($0.range), combine: $0.combine) })
  }
}
