package import Quantities

/// One collective over a group of ranks, sized as nccl-tests sizes it.
///
/// - Source: github.com/NVIDIA/nccl-tests, doc/PERFORMANCE.md.
package struct CollectiveRequest: Hashable, Sendable {
  package enum Kind: String, Hashable, Sendable, CaseIterable {
    case allReduce = "all-reduce"
    case allGather = "all-gather"
    case reduceScatter = "reduce-scatter"
    case allToAll = "all-to-all"
    case broadcast
    case sendReceive = "send-receive"
  }

  package var kind: Kind
  /// All-reduce, broadcast: a rank's buffer. All-gather, reduce-scatter: the whole buffer, n shards. All-to-all: what a rank holds for
  /// all n, itself included. Send-receive: the message.
  package var bytes: ByteCount
  /// The most on one node.
  package var ranksPerNode: Int
  package var nodes: Int
  package var ranks: Int
  /// Where in its node the GPUs of the group are, if a mesh joins them; none for the first ones.
  package var places: [Int]

  /// - Parameter ranks: nil for as many on every node.
  package init(
    _ kind: Kind, _ bytes: ByteCount, ranksPerNode: Int, nodes: Int = 1, ranks: Int? = nil, places: [Int] = []
  ) {
    precondition(bytes.value >= 0 && ranksPerNode > 0 && nodes > 0, "\(kind) of \(bytes), \(ranksPerNode) × \(nodes)")
    (self.kind, self.bytes, self.ranksPerNode, self.nodes) = (kind, bytes, ranksPerNode, nodes)
    (self.ranks, self.places) = (ranks ?? ranksPerNode * nodes, places)
    precondition((max(ranksPerNode, nodes)...ranksPerNode * nodes).contains(self.ranks), "\(self.ranks) ranks")
  }

  /// Bus bandwidth over algorithm bandwidth: what each rank's link carries for a byte of the request in a ring.
  ///
  ///     all-reduce 2(n-1)/n; all-gather, reduce-scatter, all-to-all (n-1)/n; broadcast, send-receive 1
  package var busFactor: Double {
    let share = Double(ranks - 1) / Double(ranks)
    return switch kind {
    case .allReduce: 2 * share
    case .allGather, .reduceScatter, .allToAll: share
    case .broadcast, .sendReceive: ranks > 1 ? 1 : 0
    }
  }
}
