/// A graph in the making: vertices and cables get their numbers in the order in which they are added.
struct GraphBuilder: Sendable {
  private(set) var vertices: [Topology.Vertex] = []
  private(set) var links: [Topology.DirectedLink] = []

  init() {}

  /// So many copies of a node's graph, one after the other.
  init(repeating plan: GraphBuilder, nodes: Int) {
    vertices.reserveCapacity(nodes * plan.vertices.count)
    links.reserveCapacity(nodes * plan.links.count)
    for node in 0..<nodes {
      let first = vertices.count
      for var vertex in plan.vertices {
        vertex.node = node
        vertices.append(vertex)
      }
      for var link in plan.links {
        (link.from, link.to) = (link.from + first, link.to + first)
        links.append(link)
      }
    }
  }

  /// - Returns: the vertex's number.
  mutating func add(_ kind: Topology.Vertex.Kind, _ index: Int, node: Int? = nil) -> Int {
    vertices.append(Topology.Vertex(kind: kind, node: node, index: index))
    return vertices.count - 1
  }

  /// A cable whose two directions both join `first` and `second`.
  ///
  /// - Returns: the number of the direction from `first` to `second`; the other one's is one more.
  @discardableResult
  mutating func join(_ first: Int, _ second: Int, _ link: Link) -> Int {
    join(from: first, to: second, andBackFrom: second, link)
  }

  /// A cable to a switch that is two vertices, one for each way through it.
  @discardableResult
  mutating func join(from first: Int, to up: Int, andBackFrom down: Int, _ link: Link) -> Int {
    for (from, to) in [(first, up), (down, first)] {
      links.append(
        Topology.DirectedLink(
          from: from, to: to, kind: link.kind, bandwidth: link.bandwidth, achieved: link.achieved,
          latency: link.latency, overhead: link.overhead))
    }
    return links.count - 2
  }
}
