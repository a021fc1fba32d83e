/// A dragonfly with minimal routes: to the router that has the link to the other group, over it, and on within that group.
struct DragonflyPlan: NetworkPlan {
  private let shape: NetworkFabric.Dragonfly
  private let ports: Ports
  private let groups: Int
  private var firstRouter = 0
  private var firstPort = 0
  private var firstLocal = 0
  private var firstGlobal = 0

  init(_ shape: NetworkFabric.Dragonfly, _ ports: Ports, _ link: Link, _ graph: inout GraphBuilder) {
    (self.shape, self.ports) = (shape, ports)
    groups = (ports.nodes + shape.nodesPerGroup - 1) / shape.nodesPerGroup
    firstRouter = graph.vertices.count
    for router in 0..<groups * shape.routersPerGroup { _ = graph.add(.networkSwitch, router) }
    let (first, perRouter) = (firstRouter, shape.nodesPerRouter)
    firstPort = ports.attach(link, &graph) { first + $0.node / perRouter }
    addLocalLinks(link, &graph)
    addGlobalLinks(link, &graph)
  }

  /// Within a group, every two routers have one link.
  private mutating func addLocalLinks(_ link: Link, _ graph: inout GraphBuilder) {
    firstLocal = graph.links.count
    for group in 0..<groups {
      let base = firstRouter + group * shape.routersPerGroup
      for second in 0..<shape.routersPerGroup {
        for first in 0..<second { graph.join(base + first, base + second, link) }
      }
    }
  }

  /// Every two groups share the global links that are there, side by side as one.
  private mutating func addGlobalLinks(_ link: Link, _ graph: inout GraphBuilder) {
    firstGlobal = graph.links.count
    guard groups > 1 else { return }
    let bundle = link.times(Double((shape.mostGroups - 1) / (groups - 1)))
    for second in 0..<groups {
      for first in 0..<second { graph.join(gateway(first, second), gateway(second, first), bundle) }
    }
  }

  /// The router of a group that has the link to another; links are dealt out evenly.
  private func gateway(_ group: Int, _ other: Int) -> Int {
    let position = other < group ? other : other - 1
    return firstRouter + group * shape.routersPerGroup + position * shape.routersPerGroup / (groups - 1)
  }

  func route(from: Port, to: Port) -> [Int] {
    let (start, end) = (firstRouter + from.node / shape.nodesPerRouter, firstRouter + to.node / shape.nodesPerRouter)
    let (own, other) = (group(of: start), group(of: end))
    let way =
      own == other
      ? local(start, end)
      : local(start, gateway(own, other)) + [firstGlobal + pair(own, other)] + local(gateway(other, own), end)
    return [ports.link(from, firstPort)] + way + [ports.link(to, firstPort) + 1]
  }

  private func group(of router: Int) -> Int { (router - firstRouter) / shape.routersPerGroup }

  private func local(_ from: Int, _ to: Int) -> [Int] {
    guard from != to else { return [] }
    let (group, size) = (group(of: from), shape.routersPerGroup)
    let base = firstRouter + group * size
    return [firstLocal + group * size * (size - 1) + pair(from - base, to - base)]
  }

  /// The link between two of a numbered set: 2k from the lower to the higher, 2k + 1 back.
  private func pair(_ from: Int, _ to: Int) -> Int {
    let (low, high) = (min(from, to), max(from, to))
    return 2 * (high * (high - 1) / 2 + low) + (from < to ? 0 : 1)
  }
}
