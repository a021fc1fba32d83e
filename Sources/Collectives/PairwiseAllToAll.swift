/// An all-to-all in which every rank sends to each other rank directly: in round k to the rank k places further on.
///
/// Its buffer has two halves of `ranks` blocks: block j of the first is for rank j, block j of the second comes from rank j. A rank's
/// own block is no message: whoever runs this copies it.
///
/// - Rounds: N − 1.
/// - Communicates: (N − 1)·block elements from each rank.
/// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH", IJHPCA 19(1):49–66,
///   §5.2 (pairwise exchange).
package struct PairwiseAllToAll: Hashable, Sendable {
  package let ranks: Int
  /// Elements that a rank has for each other one.
  package let block: Int

  package init(ranks: Int, block: Int) {
    precondition(ranks >= 1 && block >= 0, "an all-to-all over \(ranks) ranks with blocks of \(block) elements")
    (self.ranks, self.block) = (ranks, block)
  }

  /// Elements of a rank's buffer: what it sends, then what it receives.
  package var count: Int { 2 * ranks * block }

  /// The block for rank `peer`.
  package func outgoing(_ peer: Int) -> Range<Int> { peer * block..<(peer + 1) * block }
  /// The block from rank `peer`.
  package func incoming(_ peer: Int) -> Range<Int> { (ranks + peer) * block..<(ranks + peer + 1) * block }

  /// What `rank` sends and receives, round by round.
  package func rounds(of rank: Int) -> [Round] {
    precondition((0..<ranks).contains(rank), "rank \(rank) of an all-to-all over \(ranks) ranks: no such rank")
    guard block > 0 else { return [] }
    return (1..<max(ranks, 1)).map { step in
      let (next, last) = ((rank + step) % ranks, (rank + ranks - step) % ranks)
      return Round(
        sends: [Send(to: next, range: outgoing(next))],
        receives: [Receive(from: last, range: incoming(last), combine: .copy)])
    }
  }
}
