extension CollectiveSchedule {
  /// The elements that `rank` owns: a balanced cut of the buffer in rank order, with sizes that differ by at most one.
  ///
  ///     shard(r) = ⌊K·r / N⌋ ..< ⌊K·(r + 1) / N⌋
  package static func shard(_ rank: Int, of ranks: Int, count: Int) -> Range<Int> {
    precondition((0..<ranks).contains(rank), "shard \(rank) of \(ranks): no such rank")
    return count * rank / ranks..<count * (rank + 1) / ranks
  }
}
