/// Binomial trees with rank 0 at the top: the parent of a rank is that rank without its lowest set bit d, and the
/// rank stands for the d ranks from itself on. Every direction takes ⌈log₂ N⌉ rounds, one per bit.
///
/// - Source: Thakur, Rabenseifner & Gropp 2005, "Optimization of collective communication operations in MPICH",
///   IJHPCA 19(1):49–66.
extension Member {
  /// Sums of whole buffers, up the tree: rank 0 ends with the total. (N − 1)·K elements over all ranks.
  func binomialReduce() -> [Round] { up(.sum) { _ in everything } }

  /// Whole buffers, down the tree. (N − 1)·K elements over all ranks.
  func binomialBroadcast() -> [Round] { down { _ in everything } }

  /// Shards, up the tree: rank 0 ends with all. Each shard is sent once per set bit of its rank.
  func binomialGather() -> [Round] { up(.copy) { shards($0) } }

  /// Shards, down the tree: rank 0 starts with all. Each shard is sent once per set bit of its rank.
  func binomialScatter() -> [Round] { down { shards($0) } }

  /// From the leaves to rank 0, nearest first; `range` is what is sent for a subtree of ranks.
  private func up(_ combine: Combine, _ range: (_ subtree: Range<Int>) -> Range<Int>) -> [Round] {
    powersOfTwo(below: ranks).map { distance in
      var round = Round()
      switch edge(distance) {
      case .toParent(let parent, let subtree): round.send(range(subtree), to: parent)
      case .toChild(let child, let subtree): round.receive(range(subtree), from: child, combine)
      case nil: break
      }
      return round
    }
  }

  /// From rank 0 to the leaves, farthest first; `range` is what is sent for a subtree of ranks.
  private func down(_ range: (_ subtree: Range<Int>) -> Range<Int>) -> [Round] {
    powersOfTwo(below: ranks).reversed().map { distance in
      var round = Round()
      switch edge(distance) {
      case .toParent(let parent, let subtree): round.receive(range(subtree), from: parent, .copy)
      case .toChild(let child, let subtree): round.send(range(subtree), to: child)
      case nil: break
      }
      return round
    }
  }

  private enum Edge {
    case toParent(Int, subtree: Range<Int>)
    case toChild(Int, subtree: Range<Int>)
  }

  /// This rank's edge between levels `distance` apart, with the ranks below it; nil if it has none there.
  private func edge(_ distance: Int) -> Edge? {
    guard rank.isMultiple(of: distance) else { return nil }
    let isChild = rank & distance != 0
    let child = isChild ? rank : rank + distance
    guard child < ranks else { return nil }
    let subtree = child..<min(child + distance, ranks)
    return isChild ? .toParent(rank - distance, subtree: subtree) : .toChild(child, subtree: subtree)
  }
}
