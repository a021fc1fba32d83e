/// `N` ranks, of which `P` take part (see `Fold.swift`); `Σ` is the shards of the N − P folded ranks together.
extension Member {
  /// Rabenseifner's all-reduce: fold, recursive halving, recursive doubling, unfold.
  ///
  /// - Rounds: 2·log₂ P, and two for the fold.
  /// - Communicates: 2·(N − 1)·K elements over all ranks, whatever N.
  /// - Source: Rabenseifner 2004, "Optimization of collective reduction operations", ICCS, LNCS 3036:1–9; the fold sends
  ///   whole buffers, as in Thakur, Rabenseifner & Gropp 2005.
  func recursiveAllReduce() -> [Round] {
    foldIn(.sum) { _ in everything } + recursiveHalving() + recursiveDoubling() + foldOut { _ in everything }
  }

  /// The first half of `recursiveAllReduce`, after which representatives hand out the shards of folded ranks.
  ///
  /// - Rounds: log₂ P, and two for the fold.
  /// - Communicates: (N − 1)·K + Σ elements over all ranks.
  func recursiveReduceScatter() -> [Round] {
    foldIn(.sum) { _ in everything } + recursiveHalving() + foldOut { shard(around: $0) }
  }

  /// The second half of `recursiveAllReduce`, before which folded ranks hand in their shards.
  ///
  /// - Rounds: log₂ P, and two for the fold.
  /// - Communicates: (N − 1)·K + Σ elements over all ranks.
  func recursiveAllGather() -> [Round] {
    foldIn(.copy) { shard(around: $0) } + recursiveDoubling() + foldOut { _ in everything }
  }

  /// Broadcast from rank 0: recursive scatter, recursive doubling, unfold.
  ///
  /// - Rounds: 2·log₂ P, and one for the fold.
  /// - Communicates: (N − 1)·K elements over all ranks, and what the scatter sends.
  /// - Source: Thakur, Rabenseifner & Gropp 2005 (after van de Geijn), "Optimization of collective communication
  ///   operations in MPICH", IJHPCA 19(1):49–66.
  func recursiveBroadcast() -> [Round] {
    recursiveScatter() + recursiveDoubling() + foldOut { _ in everything }
  }
}
