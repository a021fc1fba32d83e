/// Recursive halving and doubling need a power of two: of N ranks, P = 2^⌊log₂ N⌋ take part.
///
/// Each of the first N − P pairs of neighbours (2i, 2i + 1) acts as one participant, represented by its even rank; every
/// later rank is one alone. A participant's block is the shards of its ranks: neighbours, so one contiguous range.
///
/// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH",
///   IJHPCA 19(1):49–66.
extension Member {
  /// P: the largest power of two that is at most N.
  var participants: Int { 1 << (Int.bitWidth - 1 - ranks.leadingZeroBitCount) }

  /// N − P: the pairs that act as one.
  private var pairs: Int { ranks - participants }

  /// This rank's number among the participants; nil for the rank that its even neighbour represents.
  var participant: Int? {
    if rank >= 2 * pairs { return rank - pairs }
    return rank.isMultiple(of: 2) ? rank / 2 : nil
  }

  /// The rank that acts for a participant. P itself gives N, the end of the ranks.
  func representative(of participant: Int) -> Int {
    participant < pairs ? 2 * participant : participant + pairs
  }

  /// The shards of consecutive participants.
  func block(_ participants: Range<Int>) -> Range<Int> {
    shards(representative(of: participants.lowerBound)..<representative(of: participants.upperBound))
  }

  /// One round in which every folded rank sends to its representative; none if N is a power of two.
  func foldIn(_ combine: Combine, _ range: (_ folded: Int) -> Range<Int>) -> [Round] {
    foldRound { round, folded in
      if rank == folded {
        round.send(range(folded), to: folded - 1)
      } else {
        round.receive(range(folded), from: folded, combine)
      }
    }
  }

  /// One round in which every representative sends to the rank folded into it; none if N is a power of two.
  func foldOut(_ range: (_ folded: Int) -> Range<Int>) -> [Round] {
    foldRound { round, folded in
      if rank == folded {
        round.receive(range(folded), from: folded - 1, .copy)
      } else {
        round.send(range(folded), to: folded)
      }
    }
  }

  private func foldRound(_ body: (inout Round, _ folded: Int) -> Void) -> [Round] {
    guard pairs > 0 else { return [] }
    var round = Round()
    if rank < 2 * pairs { body(&round, rank | 1) }
    return [round]
  }
}
