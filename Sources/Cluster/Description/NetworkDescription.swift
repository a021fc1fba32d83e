/// What joins the nodes of a cluster.
package struct NetworkDescription: Hashable, Sendable {
  /// Network cards that carry training traffic, one port each; at most one for each GPU.
  package var nicsPerNode: Int
  package var link: Link
  package var fabric: NetworkFabric

  package init(nicsPerNode: Int, link: Link, fabric: NetworkFabric) {
    (self.nicsPerNode, self.link, self.fabric) = (nicsPerNode, link, fabric)
  }
}

/// How switches join the network cards.
package enum NetworkFabric: Hashable, Sendable {
  /// Card i of every node of a group goes to the group's leaf switch i (its rail).
  case railOptimised(FatTree)
  /// All cards of a node go to one leaf switch.
  case fatTree(FatTree)
  /// Nodes in a ring along every dimension, with so many links in each direction.
  case torus([Int], linksPerDirection: Int)
  case dragonfly(Dragonfly)

  /// Leaf switches, optionally pods of them, and a spine. Each layer above the leaves stands for its switches as one that
  /// never blocks: what can be short is the way up to it.
  package struct FatTree: Hashable, Sendable {
    /// Nodes below one leaf switch, or below one set of rails.
    package var nodesPerLeaf: Int
    /// What enters a leaf from below over what leaves it upwards.
    package var oversubscription: Double
    /// Nodes below one pod's spine; nil without pods.
    package var nodesPerPod: Int?
    /// The same ratio between a pod and the layer above it.
    package var podOversubscription: Double

    package init(
      nodesPerLeaf: Int, oversubscription: Double = 1, nodesPerPod: Int? = nil, podOversubscription: Double = 1
    ) {
      (self.nodesPerLeaf, self.oversubscription) = (nodesPerLeaf, oversubscription)
      (self.nodesPerPod, self.podOversubscription) = (nodesPerPod, podOversubscription)
    }
  }

  /// Groups of routers, all joined to each other within a group, and every group to every other.
  ///
  /// Source: Kim et al. 2008, "Technology-Driven, Highly-Scalable Dragonfly Topology", §3; routes are minimal.
  package struct Dragonfly: Hashable, Sendable {
    package var nodesPerRouter, routersPerGroup, globalLinksPerRouter: Int

    package init(nodesPerRouter: Int, routersPerGroup: Int, globalLinksPerRouter: Int) {
      (self.nodesPerRouter, self.routersPerGroup) = (nodesPerRouter, routersPerGroup)
      self.globalLinksPerRouter = globalLinksPerRouter
    }

    /// The most groups that can all be joined to each other.
    package var mostGroups: Int { routersPerGroup * globalLinksPerRouter + 1 }
    package var nodesPerGroup: Int { nodesPerRouter * routersPerGroup }
  }
}
