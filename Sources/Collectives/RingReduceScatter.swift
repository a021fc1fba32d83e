extension Member {
  /// Ring reduce-scatter: partial sums travel once around, each ending at the rank that owns it.
  ///
  /// The sum for shard r starts with rank r + 1's values and collects rank r's own last.
  ///
  /// - Rounds: N − 1.
  /// - Communicates: K − |shard(rank)| elements to the next rank; (N − 1)·K over all ranks.
  /// - Source: Patarasuk & Yuan 2009, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
  ///   JPDC 69(2):117–124.
  func ringReduceScatter() -> [Round] {
    (0..<ranks - 1).map { step in
      var round = Round()
      round.send(shard(around: rank - 1 - step), to: (rank + 1) % ranks)
      round.receive(shard(around: rank - 2 - step), from: (rank + ranks - 1) % ranks, .sum)
      return round
    }
  }
}
