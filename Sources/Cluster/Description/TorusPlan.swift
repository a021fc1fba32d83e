/// A torus: each node's cards go to a router of its own, and routers stand in a ring along every dimension.
struct TorusPlan: NetworkPlan {
  private let dimensions: [Int]
  private let ports: Ports
  private let firstPort: Int
  private let firstRing: Int

  init(
    _ dimensions: [Int], _ link: Link, _ ports: Ports, linksPerDirection: Int, _ graph: inout GraphBuilder
  ) {
    (self.dimensions, self.ports) = (dimensions, ports)
    let routers = (0..<ports.nodes).map { graph.add(.networkSwitch, 0, node: $0) }
    firstPort = ports.attach(link, &graph) { routers[$0.node] }
    firstRing = graph.links.count
    for node in routers.indices {
      for dimension in dimensions.indices {
        let next = Self.neighbour(of: node, along: dimension, dimensions)
        graph.join(routers[node], routers[next], link.times(Double(linksPerDirection)))
      }
    }
  }

  /// The next node in the ring; the first dimension varies fastest.
  private static func neighbour(of node: Int, along dimension: Int, by steps: Int = 1, _ sizes: [Int]) -> Int {
    let stride = sizes[..<dimension].reduce(1, *)
    let (size, place) = (sizes[dimension], node / stride % sizes[dimension])
    return node + ((place + steps + size) % size - place) * stride
  }

  /// Dimension after dimension, each the shorter way around.
  func route(from: Port, to: Port) -> [Int] {
    var (result, node, stride) = ([ports.link(from, firstPort)], from.node, 1)
    for (dimension, size) in dimensions.enumerated() {
      let distance = (to.node / stride % size - node / stride % size + size) % size
      let forward = 2 * distance <= size
      for _ in 0..<(forward ? distance : size - distance) {
        let next = Self.neighbour(of: node, along: dimension, by: forward ? 1 : -1, dimensions)
        let owner = forward ? node : next
        result.append(firstRing + 2 * (owner * dimensions.count + dimension) + (forward ? 0 : 1))
        node = next
      }
      stride *= size
    }
    return result + [ports.link(to, firstPort) + 1]
  }
}
