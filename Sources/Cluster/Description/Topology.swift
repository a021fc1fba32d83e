package import Quantities

/// A cluster as a graph: GPUs, switches, network cards and hosts, joined by links in one direction each.
///
/// Links come in pairs: 2k and 2k + 1 are the two directions of one cable.
package struct Topology: Sendable {
  package struct Vertex: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case gpu, nic, host, pcieSwitch, nvSwitch, networkSwitch }

    package var kind: Kind
    /// Nil for what belongs to no single node.
    package var node: Int?
    /// Among its kind in its node, or in the cluster where it has none.
    package var index: Int
  }

  package struct DirectedLink: Hashable, Sendable {
    package var from, to: Int
    package var kind: Link.Kind
    package var bandwidth: Bandwidth
    /// The payload that large transfers see.
    package var achieved: Bandwidth
    package var latency: Latency
    /// What a message costs at its ends; a route takes the greatest of its links, once.
    package var overhead: Latency
  }

  package let description: ClusterDescription
  package let vertices: [Vertex]
  package let links: [DirectedLink]
  let node: NodePlan
  let domains: DomainPlan?
  let network: (any NetworkPlan)?

  package init(_ description: ClusterDescription) {
    self.description = description
    node = NodePlan(description)
    var graph = GraphBuilder(repeating: node.graph, nodes: description.nodes)
    domains = DomainPlan(description, node, &graph)
    network = networkPlan(description, node, &graph)
    (vertices, links) = (graph.vertices, graph.links)
  }
}

extension Topology {
  /// The vertex of a GPU, counted through all nodes.
  package func vertex(ofGPU gpu: Int) -> Int {
    let (node, local) = gpu.quotientAndRemainder(dividingBy: description.gpusPerNode)
    return node * self.node.graph.vertices.count + local
  }

  /// The vertex of a network card of a node.
  package func vertex(ofNIC nic: Int, node: Int) -> Int {
    node * self.node.graph.vertices.count + self.node.nics[nic]
  }

  /// The vertex of the memory next to a GPU.
  package func vertex(ofHostOf gpu: Int) -> Int {
    let (node, local) = gpu.quotientAndRemainder(dividingBy: description.gpusPerNode)
    return node * self.node.graph.vertices.count + self.node.hostOfGPU[local]
  }

  /// The other direction of a link.
  package func reverse(of link: Int) -> Int { link ^ 1 }
}
