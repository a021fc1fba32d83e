/// A fat tree, with or without rails: leaf switches, optionally pods, and a spine; see `NetworkFabric.FatTree`.
struct TreePlan: NetworkPlan {
  /// One layer of switches, from the leaves up; the last has one switch.
  private struct Tier {
    var nodesPerSwitch: Int
    /// Switches that share the same nodes: the rails of the leaf tier, else one.
    var rails: Int
    /// The first switch's vertex, and the first link upwards.
    var firstSwitch = 0
    var firstUplink = 0

    func index(_ port: Port) -> Int { port.node / nodesPerSwitch * rails + (rails > 1 ? port.nic : 0) }
  }

  private let ports: Ports
  private var tiers: [Tier]
  private var firstPort = 0

  init(
    _ tree: NetworkFabric.FatTree, rails: Bool, _ ports: Ports, _ link: Link, _ graph: inout GraphBuilder
  ) {
    self.ports = ports
    tiers = Self.tiers(tree, rails: rails ? ports.nics.count : 1, nodes: ports.nodes)
    var number = 0
    for index in tiers.indices {
      tiers[index].firstSwitch = graph.vertices.count
      for _ in 0..<Self.count(tiers[index], ports.nodes) {
        _ = graph.add(.networkSwitch, number)
        number += 1
      }
    }
    let leaves = tiers[0]
    firstPort = ports.attach(link, &graph) { leaves.firstSwitch + leaves.index($0) }
    addUplinks(tree, link, &graph)
  }

  /// Tiers up to the first that a single switch makes up.
  private static func tiers(_ tree: NetworkFabric.FatTree, rails: Int, nodes: Int) -> [Tier] {
    var result = [Tier(nodesPerSwitch: min(tree.nodesPerLeaf, nodes), rails: rails)]
    for size in [tree.nodesPerPod ?? nodes, nodes] where count(result[result.count - 1], nodes) > 1 {
      result.append(Tier(nodesPerSwitch: min(size, nodes), rails: 1))
    }
    return result
  }

  private static func count(_ tier: Tier, _ nodes: Int) -> Int {
    (nodes + tier.nodesPerSwitch - 1) / tier.nodesPerSwitch * tier.rails
  }

  /// What a switch's ports take in from below, cut by what is oversubscribed on the way.
  private mutating func addUplinks(_ tree: NetworkFabric.FatTree, _ link: Link, _ graph: inout GraphBuilder) {
    for index in tiers.indices.dropLast() {
      let (own, above) = (tiers[index], tiers[index + 1])
      let ratio = tree.oversubscription * (index == 0 ? 1 : tree.podOversubscription)
      let cards = own.nodesPerSwitch * (own.rails > 1 ? 1 : ports.nics.count)
      tiers[index].firstUplink = graph.links.count
      for number in 0..<Self.count(own, ports.nodes) {
        let node = number / own.rails * own.nodesPerSwitch
        let upper = above.firstSwitch + above.index(Port(node: node, nic: 0))
        graph.join(own.firstSwitch + number, upper, link.times(Double(cards) / ratio))
      }
    }
  }

  /// Up to the first switch that both cards are below, and down again.
  func route(from: Port, to: Port) -> [Int] {
    var (up, down) = ([ports.link(from, firstPort)], [ports.link(to, firstPort) + 1])
    for tier in tiers {
      guard tier.index(from) != tier.index(to) else { break }
      up.append(tier.firstUplink + 2 * tier.index(from))
      down.append(tier.firstUplink + 2 * tier.index(to) + 1)
    }
    return up + down.reversed()
  }
}
