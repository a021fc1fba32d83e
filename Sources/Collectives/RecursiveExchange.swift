extension Member {
  /// Recursive halving: partners at half the distance each time swap the halves of what they still share, and add.
  ///
  /// - Rounds: log₂ P, for the P participants; a participant ends with the sums of its block.
  /// - Communicates: (P − 1)·K elements over all ranks.
  /// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH",
  ///   IJHPCA 19(1):49–66.
  func recursiveHalving() -> [Round] {
    powersOfTwo(below: participants).reversed().map { distance in
      exchange(distance) { round, own, other, peer in
        round.send(other, to: peer)
        round.receive(own, from: peer, .sum)
      }
    }
  }

  /// Recursive doubling: partners at twice the distance each time swap all that they have gathered.
  ///
  /// - Rounds: log₂ P, for the P participants; a participant starts with its block and ends with the buffer.
  /// - Communicates: (P − 1)·K elements over all ranks.
  /// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH",
  ///   IJHPCA 19(1):49–66.
  func recursiveDoubling() -> [Round] {
    powersOfTwo(below: participants).map { distance in
      exchange(distance) { round, own, other, peer in
        round.send(own, to: peer)
        round.receive(other, from: peer, .copy)
      }
    }
  }

  /// Recursive scatter: participant 0 hands half of the buffer to the middle one, and both do so with their halves.
  ///
  /// - Rounds: log₂ P, for the P participants; participant 0 starts with the buffer, all end with their blocks.
  /// - Communicates: each block once per set bit of its participant.
  /// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH",
  ///   IJHPCA 19(1):49–66.
  func recursiveScatter() -> [Round] {
    powersOfTwo(below: participants).reversed().map { distance in
      guard let participant, participant.isMultiple(of: distance) else { return Round() }
      return exchange(distance) { round, own, other, peer in
        if participant & distance == 0 {
          round.send(other, to: peer)
        } else {
          round.receive(own, from: peer, .copy)
        }
      }
    }
  }

  /// The round between partners `distance` apart: `body` is told this side's half, the other side's, and the peer.
  private func exchange(
    _ distance: Int, _ body: (inout Round, _ own: Range<Int>, _ other: Range<Int>, _ peer: Int) -> Void
  ) -> Round {
    var round = Round()
    guard let participant else { return round }
    let partner = participant ^ distance
    // Participants whose numbers agree from the bit `distance` upwards end on the same side.
    let first = participant & ~(distance - 1)
    let otherFirst = partner & ~(distance - 1)
    body(
      &round, block(first..<first + distance), block(otherFirst..<otherFirst + distance), representative(of: partner))
    return round
  }
}

/// 1, 2, 4 … up to the last one under `limit`.
func powersOfTwo(below limit: Int) -> [Int] {
  Array(sequence(first: 1) { $0 * 2 }.prefix { $0 < limit })
}
