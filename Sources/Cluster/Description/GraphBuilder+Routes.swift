import Quantities

/// The search for routes in a small graph: fewest links; of those, the widest; of those, the one of the lowest numbers.
extension GraphBuilder {
  /// - Parameter overGPUs: whether a GPU passes on from NVLink to NVLink.
  /// - Returns: the links from each vertex to each other; none to itself, or where there is no way.
  func allRoutes(overGPUs: Bool) -> [[[Int]]] {
    var leaving = vertices.map { _ in [Int]() }
    for link in links.indices { leaving[links[link].from].append(link) }
    return vertices.indices.map { routes(from: $0, leaving, overGPUs) }
  }

  private struct Reached {
    var distance: Int
    var width: Double
    var last: Int
  }

  private func routes(from source: Int, _ leaving: [[Int]], _ overGPUs: Bool) -> [[Int]] {
    var reached: [Int: Reached] = [source: Reached(distance: 0, width: .infinity, last: -1)]
    var (frontier, distance) = ([source], 0)
    while !frontier.isEmpty {
      distance += 1
      var next: [Int] = []
      for vertex in frontier {
        for link in leaving[vertex] where vertex == source || passes(reached[vertex]!.last, link, overGPUs) {
          let (end, width) = (links[link].to, min(reached[vertex]!.width, links[link].bandwidth.bytesPerSecond))
          if reached[end] == nil { next.append(end) }
          let old = reached[end] ?? Reached(distance: distance, width: 0, last: -1)
          guard old.distance == distance, width > old.width else { continue }
          reached[end] = Reached(distance: distance, width: width, last: link)
        }
      }
      frontier = next
    }
    return vertices.indices.map { way(to: $0, reached) }
  }

  /// Whether what came over one link may go on over another: cards end a route, and GPUs pass on NVLink only.
  private func passes(_ last: Int, _ next: Int, _ overGPUs: Bool) -> Bool {
    switch vertices[links[next].from].kind {
    case .nic: false
    case .gpu: overGPUs && links[last].kind == .nvlink && links[next].kind == .nvlink
    case .host, .pcieSwitch, .nvSwitch, .networkSwitch: true
    }
  }

  private func way(to end: Int, _ reached: [Int: Reached]) -> [Int] {
    var (result, vertex) = ([Int](), end)
    while let step = reached[vertex], step.last >= 0 {
      result.append(step.last)
      vertex = links[step.last].from
    }
    return result.reversed()
  }
}
