extension Member {
  /// Pipelined chain broadcast from rank 0: the ring cut open before the root, with N pieces under way at a time.
  ///
  /// - Rounds: 2·(N − 1); piece p crosses the link behind rank r in round p + r.
  /// - Communicates: K elements to the next rank, except from the last; (N − 1)·K over all ranks.
  /// - Source: Patarasuk, Yuan & Faraj 2008, "Techniques for pipelined broadcast on Ethernet switched clusters",
  ///   JPDC 68(6):809–824 (its linear tree).
  func chainBroadcast() -> [Round] {
    let pieces = 0..<ranks
    return (0..<2 * (ranks - 1)).map { step in
      var round = Round()
      if rank < ranks - 1, pieces.contains(step - rank) {
        round.send(shard(around: step - rank), to: rank + 1)
      }
      if rank > 0, pieces.contains(step - rank + 1) {
        round.receive(shard(around: step - rank + 1), from: rank - 1, .copy)
      }
      return round
    }
  }
}
