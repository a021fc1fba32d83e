/// The NVSwitches of a cluster: one vertex for each NVLink domain, joined to every GPU in it.
struct DomainPlan: Sendable {
  private let nodesPerDomain: Int
  /// The link from GPU 0 to its switch; those of the others follow, a cable each.
  private let first: Int
  /// The switches' vertices.
  let switches: [Int]

  /// Adds switches and their links to the graph; nil where GPUs are not joined by switches.
  init?(_ cluster: ClusterDescription, _ plan: NodePlan, _ graph: inout GraphBuilder) {
    guard case .nvSwitch(let whole, _, let nodes) = cluster.nodeFabric else { return nil }
    let link = cluster.ownShare(of: whole)
    (nodesPerDomain, first) = (nodes, graph.links.count)
    let vertices = plan.graph.vertices.count
    switches = (0..<(cluster.nodes + nodes - 1) / nodes).map { domain in
      graph.add(.nvSwitch, nodes == 1 ? 0 : domain, node: nodes == 1 ? domain : nil)
    }
    for node in 0..<cluster.nodes {
      for gpu in 0..<cluster.gpusPerNode { graph.join(node * vertices + gpu, switches[node / nodes], link) }
    }
  }

  func joins(_ first: Int, _ second: Int) -> Bool { first / nodesPerDomain == second / nodesPerDomain }

  /// From a GPU, counted through all nodes, over the switch to another of its domain.
  func route(from: Int, to: Int) -> [Int] { [first + 2 * from, first + 2 * to + 1] }
}
