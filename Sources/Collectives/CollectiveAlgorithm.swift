/// How a collective is carried out: who sends what to whom, and in which order values are summed.
///
/// Every algorithm does every kind. `N` is the number of ranks, `K` the elements of the buffer.
package enum CollectiveAlgorithm: String, Hashable, Sendable, CaseIterable, Codable {
  /// Neighbours only: the least volume per rank, N − 1 rounds for each half of an all-reduce.
  case ring
  /// Recursive halving and doubling: the ring's volume in log₂ N rounds, where N is a power of two.
  case recursive
  /// Binomial trees through one rank: log₂ N rounds, and whole buffers on the root's links.
  case tree
}
