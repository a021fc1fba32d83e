extension Member {
  /// Ring all-gather: every rank passes on the shard that it received last, beginning with its own.
  ///
  /// - Rounds: N − 1.
  /// - Communicates: K − |shard(rank + 1)| elements to the next rank; (N − 1)·K over all ranks.
  /// - Source: Patarasuk & Yuan 2009, "Bandwidth optimal all-reduce algorithms for clusters of workstations",
  ///   JPDC 69(2):117–124.
  func ringAllGather() -> [Round] {
    (0..<ranks - 1).map { step in
      var round = Round()
      round.send(shard(around: rank - step), to: (rank + 1) % ranks)
      round.receive(shard(around: rank - 1 - step), from: (rank + ranks - 1) % ranks, .copy)
      return round
    }
  }
}
