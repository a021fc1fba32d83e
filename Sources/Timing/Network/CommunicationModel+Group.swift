extension CommunicationModel {
  /// The shape of a group of ranks: all groups of one shape take as long.
  package struct Group: Hashable, Sendable {
    /// The most on a node.
    package var ranksPerNode: Int
    package var nodes: Int
    /// From the first node to the last, both counted: how far apart the nodes are decides which switches lie between them.
    package var span: Int

    /// - Parameter span: nil for nodes side by side.
    package init(ranksPerNode: Int, nodes: Int, span: Int? = nil) {
      precondition(ranksPerNode > 0 && nodes > 0 && span ?? nodes >= nodes, "\(nodes) nodes of \(ranksPerNode) ranks")
      (self.ranksPerNode, self.nodes, self.span) = (ranksPerNode, nodes, span ?? nodes)
    }

    /// - Parameter ranks: rank r sits on GPU r, counted through all nodes.
    package init(ranks: [Int], gpusPerNode: Int) {
      precondition(!ranks.isEmpty && gpusPerNode > 0, "a group of no ranks, or nodes of no GPUs")
      var counts: [Int: Int] = [:]
      for rank in ranks { counts[rank / gpusPerNode, default: 0] += 1 }
      let (first, last) = (counts.keys.min()!, counts.keys.max()!)
      self.init(ranksPerNode: counts.values.max()!, nodes: counts.count, span: last - first + 1)
    }

    package var ranks: Int { ranksPerNode * nodes }
  }
}
