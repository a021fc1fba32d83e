/// A rank's part in tensor parallelism: which of how many parts of every cut matrix it holds.
package struct TensorPartition: Hashable, Sendable {
  package let size, rank: Int
  /// Whether activations between the cut layers are cut too, by rows. Korthikanti et al. 2022, arXiv:2205.05198.
  package let isSequenceParallel: Bool

  package init(size: Int, rank: Int, isSequenceParallel: Bool = false) {
    precondition((0..<size).contains(rank), "part \(rank) of \(size)")
    (self.size, self.rank, self.isSequenceParallel) = (size, rank, isSequenceParallel && size > 1)
  }

  /// One rank holds everything.
  package static let whole = TensorPartition(size: 1, rank: 0)

  /// This rank's part of `count`: parts differ by at most one.
  package func part(of count: Int) -> Range<Int> { count * rank / size..<count * (rank + 1) / size }

  /// How many of `count` this rank holds, where all hold equally many.
  package func share(_ count: Int, of what: String) -> Int {
    precondition(count.isMultiple(of: size), "\(count) \(what) do not divide over \(size) ranks")
    return count / size
  }

  /// Rows of the residual stream that this rank holds of `rows`.
  package func rows(_ rows: Int) -> Range<Int> { isSequenceParallel ? part(of: rows) : 0..<rows }
}
