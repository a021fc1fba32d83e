extension CollectiveSchedule {
  /// Elements that `rank` sends, over all rounds.
  package func sentElements(by rank: Int) -> Int {
    rounds(of: rank).reduce(0) { $0 + $1.sends.reduce(0) { $0 + $1.range.count } }
  }

  /// Elements that all ranks send; one rank's rounds are held at a time.
  package var totalSentElements: Int {
    (0..<ranks).reduce(0) { $0 + sentElements(by: $1) }
  }

  /// Elements that `rank` must stage at once: what its fullest round receives in order to add.
  package func scratchElements(of rank: Int) -> Int {
    rounds(of: rank).lazy.map(\.summedElements).max() ?? 0
  }
}

extension Round {
  fileprivate var summedElements: Int {
    receives.reduce(0) { $0 + ($1.combine == .sum ? $1.range.count : 0) }
  }
}
