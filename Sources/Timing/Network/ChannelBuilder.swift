import Cluster
import NetworkModel
import Quantities

/// Finds each way through a topology once, and numbers the links on it.
struct ChannelBuilder {
  private struct Key: Hashable {
    var from, to: Int
    var way: MessagePattern.Way
  }

  private let topology: Topology
  private var known: [Key: Int] = [:]
  private var numbers: [Int: Int] = [:]
  private(set) var channels: [MessagePlan.Channel] = []
  private(set) var links: [Int] = []

  init(_ topology: Topology) { self.topology = topology }

  /// - Errors: `NetworkError` for GPUs that nothing joins, and for a switch where there is none.
  mutating func channel(_ from: Int, _ to: Int, _ way: MessagePattern.Way) throws(NetworkError) -> Int {
    let key = Key(from: from, to: to, way: way)
    if let index = known[key] { return index }
    let (route, whole) = try route(from, to, way)
    let own = route.map { number(of: $0) }
    channels.append(
      MessagePlan.Channel(
        links: own, delay: SimDuration(seconds: topology.latency(along: whole).seconds),
        rate: topology.achieved(along: route)!))
    known[key] = channels.count - 1
    return channels.count - 1
  }

  private mutating func number(of link: Int) -> Int {
    if let number = numbers[link] { return number }
    links.append(link)
    numbers[link] = links.count - 1
    return links.count - 1
  }

  /// - Returns: the links that a message fills, and those whose latency it waits for: to a switch and on from it.
  private func route(
    _ from: Int, _ to: Int, _ way: MessagePattern.Way
  ) throws(NetworkError) -> (links: [Int], whole: [Int]) {
    switch way {
    case .route:
      guard from != to else { throw NetworkError("GPU \(from) sends to itself") }
      let size = topology.description.gpusPerNode
      let domain = topology.description.nodeFabric.nodesPerDomain
      guard topology.description.network != nil || from / size / domain == to / size / domain else {
        throw NetworkError("\(topology.description.name): no network joins GPU \(from) and GPU \(to)")
      }
      let route = topology.route(from: from, to: to)
      return (route, route)
    case .toSwitch:
      let (up, down) = try switchLinks(from)
      return ([up], [up, down])
    case .fromSwitch:
      let (up, down) = try switchLinks(from)
      return ([down], [up, down])
    }
  }

  private func switchLinks(_ gpu: Int) throws(NetworkError) -> (up: Int, down: Int) {
    guard topology.description.nodeFabric.reducesInSwitch, topology.description.gpusPerNode > 1 else {
      throw NetworkError("\(topology.description.name) has no switches that add up; use a ring or a tree")
    }
    let size = topology.description.gpusPerNode
    let neighbour = gpu % size == 0 ? gpu + 1 : gpu - 1
    return (topology.route(from: gpu, to: neighbour)[0], topology.route(from: neighbour, to: gpu)[1])
  }
}
