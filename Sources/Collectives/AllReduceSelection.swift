package import Quantities

extension CollectiveAlgorithm {
  /// The all-reduce that is quickest for a size, where ranks are processes of one machine that share its memory and, mostly, its
  /// cores.
  ///
  /// Small sums are all latency, and more ranks than cores make every round a change of who computes: a tree has the fewest messages.
  /// Large sums are all volume: a ring's is the least for every rank. Between them recursive halving has the ring's volume in fewer
  /// rounds, where ranks are a power of two; elsewhere it sends whole buffers to fold the ranks that are too many.
  ///
  /// The choice depends on nothing else, so that a sum's order, and its bits, are the same in every run.
  ///
  /// - Source: measured beside MPI_Allreduce on 2 cores, 1 KiB to 64 MiB; the figures are in docs/collectives.md.
  package static func automatic(ranks: Int, count: Int, type: ScalarType) -> CollectiveAlgorithm {
    let bytes = count * type.size
    if bytes < treeLimit(ranks) { return .tree }
    return ranks > 2 && ranks.nonzeroBitCount == 1 && bytes < recursiveLimit ? .recursive : .ring
  }

  /// Bytes below which rounds cost more than volume.
  private static func treeLimit(_ ranks: Int) -> Int {
    switch ranks {
    case ...2: 4 << 10
    case 3...4: 4 << 20
    default: 1 << 20
    }
  }

  private static let recursiveLimit = 16 << 20
}
