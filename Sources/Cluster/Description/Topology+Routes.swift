package import Quantities

extension Topology {
  /// The links that lead from one GPU to another; none from a GPU to itself.
  ///
  /// Over NVLink within its domain; else through the host's PCIe, and, to another node, from the sender's card to the
  /// receiver's. Both are counted through all nodes. The same question has the same answer always; none takes a search.
  package func route(from: Int, to: Int) -> [Int] {
    precondition(max(from, to) < description.gpus && min(from, to) >= 0, "no route from GPU \(from) to GPU \(to)")
    guard from != to else { return [] }
    let (start, first) = from.quotientAndRemainder(dividingBy: description.gpusPerNode)
    let (end, second) = to.quotientAndRemainder(dividingBy: description.gpusPerNode)
    if let domains, domains.joins(start, end) { return domains.route(from: from, to: to) }
    if start == end { return inside(start, first, second) }
    guard let network else { preconditionFailure("\(description.name): no network between its nodes") }
    let (sending, receiving) = (description.nic(ofGPU: first), description.nic(ofGPU: second))
    return inside(start, first, node.nics[sending])
      + network.route(from: Port(node: start, nic: sending), to: Port(node: end, nic: receiving))
      + inside(end, node.nics[receiving], second)
  }

  /// From a GPU to the memory next to it: the way of what is offloaded. The way back is the reverse of each link, last first.
  package func routeToHost(from gpu: Int) -> [Int] {
    let (place, local) = gpu.quotientAndRemainder(dividingBy: description.gpusPerNode)
    return inside(place, local, node.hostOfGPU[local])
  }

  package func reversed(_ route: [Int]) -> [Int] { route.reversed().map(reverse(of:)) }

  private func inside(_ place: Int, _ from: Int, _ to: Int) -> [Int] {
    let first = place * node.graph.links.count
    return node.routes[from][to].map { $0 + first }
  }
}

extension Topology {
  /// The payload rate of a lone transfer: that of the route's narrowest link.
  package func achieved(along route: [Int]) -> Bandwidth? { route.map { links[$0].achieved }.min() }

  /// What a message waits before its first byte arrives: every link's latency, and once the greatest overhead.
  package func latency(along route: [Int]) -> Latency {
    let overhead = route.map { links[$0].overhead }.max() ?? .zero
    return route.reduce(overhead) { $0 + links[$1].latency }
  }
}
