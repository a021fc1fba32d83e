/// A card of the cluster: the node that it is in, and its number there.
struct Port: Hashable, Sendable {
  var node, nic: Int
}

/// The switches between nodes and their links, with routes by arithmetic: no table grows with the cluster.
protocol NetworkPlan: Sendable {
  /// From a card to one of another node, in link numbers of the whole graph.
  func route(from: Port, to: Port) -> [Int]
}

/// Adds a cluster's network to its graph; nil if it has none.
func networkPlan(
  _ cluster: ClusterDescription, _ plan: NodePlan, _ graph: inout GraphBuilder
) -> (any NetworkPlan)? {
  guard let network = cluster.network else { return nil }
  let ports = Ports(nodes: cluster.nodes, nics: plan.nics, verticesPerNode: plan.graph.vertices.count)
  switch network.fabric {
  case .railOptimised(let tree): return TreePlan(tree, rails: true, ports, network.link, &graph)
  case .fatTree(let tree): return TreePlan(tree, rails: false, ports, network.link, &graph)
  case .torus(let dimensions, let links):
    return TorusPlan(dimensions, network.link, ports, linksPerDirection: links, &graph)
  case .dragonfly(let dragonfly): return DragonflyPlan(dragonfly, ports, network.link, &graph)
  }
}

/// Where the cards of all nodes are in the graph.
struct Ports: Sendable {
  let nodes: Int
  let nics: [Int]
  let verticesPerNode: Int

  func vertex(_ port: Port) -> Int { port.node * verticesPerNode + nics[port.nic] }

  /// Joins every card to the switch that `chosen` names; cables are numbered card by card, node by node.
  ///
  /// - Returns: the number of the first.
  func attach(_ link: Link, _ graph: inout GraphBuilder, to chosen: (Port) -> Int) -> Int {
    let first = graph.links.count
    for node in 0..<nodes {
      for nic in nics.indices {
        let port = Port(node: node, nic: nic)
        graph.join(vertex(port), chosen(port), link)
      }
    }
    return first
  }

  /// The link from a card to its switch, where `first` is what `attach` returned; the way back is one more.
  func link(_ port: Port, _ first: Int) -> Int { first + 2 * (port.node * nics.count + port.nic) }
}
