/// A collective over `ranks` ranks, in place, on a buffer of `count` elements: who sends which range to whom, when.
///
/// `count` is the whole buffer for every kind; reduce-scatter and all-gather give rank r the range `shard(r)`.
///
/// - Sums: every sum is computed on one rank and copied from there, so all ranks end with the same bits; its order
///   depends on the algorithm, the ranks and the shard alone. An all-reduce ends with the bits of a reduce-scatter
///   followed by an all-gather of the same algorithm.
/// - Rounds: all ranks have equally many, and a message is sent and received in the same one; a rank without a part
///   in a round has it empty. One rank, or no elements, make no rounds at all.
package struct CollectiveSchedule: Hashable, Sendable {
  package let kind: CollectiveKind
  package let algorithm: CollectiveAlgorithm
  package let ranks: Int
  package let count: Int
  /// The rank whose buffer a broadcast copies; 0 for the other kinds.
  package let root: Int

  package init(
    _ kind: CollectiveKind, algorithm: CollectiveAlgorithm, ranks: Int, count: Int, root: Int = 0
  ) {
    precondition(ranks >= 1, "\(kind.rawValue) over \(ranks) ranks: a group has at least one")
    precondition(count >= 0, "\(kind.rawValue) of \(count) elements: a count is not negative")
    precondition((0..<ranks).contains(root), "\(kind.rawValue) from root \(root) of \(ranks) ranks: no such rank")
    precondition(kind == .broadcast || root == 0, "\(kind.rawValue) has no root, but was given \(root)")
    self.kind = kind
    self.algorithm = algorithm
    self.ranks = ranks
    self.count = count
    self.root = root
  }

  /// What `rank` sends and receives, round by round.
  package func rounds(of rank: Int) -> [Round] {
    precondition((0..<ranks).contains(rank), "rank \(rank) of a \(kind.rawValue) over \(ranks) ranks: no such rank")
    guard ranks > 1, count > 0 else { return [] }
    // Every schedule is written for root 0; another root turns the circle of ranks.
    let member = Member(rank: (rank - root + ranks) % ranks, ranks: ranks, count: count)
    let rounds = rounds(of: member)
    return root == 0 ? rounds : rounds.map { $0.rotated(by: root, of: ranks) }
  }

  private func rounds(of member: Member) -> [Round] {
    switch (kind, algorithm) {
    case (.allReduce, .ring): member.ringReduceScatter() + member.ringAllGather()
    case (.allReduce, .recursive): member.recursiveAllReduce()
    case (.allReduce, .tree): member.binomialReduce() + member.binomialBroadcast()
    case (.reduceScatter, .ring): member.ringReduceScatter()
    case (.reduceScatter, .recursive): member.recursiveReduceScatter()
    case (.reduceScatter, .tree): member.binomialReduce() + member.binomialScatter()
    case (.allGather, .ring): member.ringAllGather()
    case (.allGather, .recursive): member.recursiveAllGather()
    case (.allGather, .tree): member.binomialGather() + member.binomialBroadcast()
    case (.broadcast, .ring): member.chainBroadcast()
    case (.broadcast, .recursive): member.recursiveBroadcast()
    case (.broadcast, .tree): member.binomialBroadcast()
    }
  }
}
