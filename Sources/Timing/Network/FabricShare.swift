import Cluster

/// What the switches between nodes leave of a node's network bandwidth where every node sends all it can.
///
/// A group's nodes are taken to stand at equal distances, aligned with leaves, pods and dragonfly groups: as layouts place them.
///
/// - Ignores: hot spots of adaptive or hashed routes, and what is lost to flow control.
struct FabricShare: Sendable {
  /// Nodes below a switch, and what enters it from below over what leaves it upwards.
  private var tiers: [(nodes: Int, ratio: Double)] = []
  private var torus: (sizes: [Int], links: Double)?
  private var dragonfly: (nodesPerGroup: Int, bundle: Double, groups: Int)?

  init(_ cluster: ClusterDescription) {
    guard let network = cluster.network else { return }
    let cards = Double(network.nicsPerNode)
    switch network.fabric {
    case .railOptimised(let tree), .fatTree(let tree):
      tiers = [(tree.nodesPerLeaf, tree.oversubscription)]
      if let pod = tree.nodesPerPod { tiers.append((pod, tree.oversubscription * tree.podOversubscription)) }
    case .torus(let sizes, let links): torus = (sizes, Double(links) / cards)
    case .dragonfly(let shape):
      let groups = (cluster.nodes + shape.nodesPerGroup - 1) / shape.nodesPerGroup
      let links = groups > 1 ? (shape.mostGroups - 1) / (groups - 1) : 0
      dragonfly = (shape.nodesPerGroup, Double(links) / cards, groups)
    }
  }

  /// Of a ring over `nodes` nodes that stand in a row of `span`: of those below a leaf, the last alone sends out of it.
  func ring(nodes: Int, span: Int) -> Double {
    guard nodes > 1 else { return 1 }
    let stride = max(1, (span - 1) / (nodes - 1))
    let trees = tiers.filter { span > $0.nodes }.map { Double(max(1, $0.nodes / stride)) / $0.ratio }.min() ?? 1
    return min(1, trees, torusShare(stride), dragonflyShare(span, Double(max(1, nodesPerGroup / stride))))
  }

  /// Of an all-to-all: what leaves a leaf is what its nodes have for all others.
  func exchange(nodes: Int, span: Int) -> Double {
    guard nodes > 1 else { return 1 }
    let stride = max(1, (span - 1) / (nodes - 1))
    func outside(_ size: Int) -> Double { max(0, 1 - Double(max(1, size / stride)) / Double(nodes)) }
    var share = 1.0
    for tier in tiers where span > tier.nodes { share = min(share, 1 / (tier.ratio * outside(tier.nodes))) }
    if let torus {
      let hops = torus.sizes.reduce(0.0) { $0 + Double($1) / 4 }
      share = min(share, 2 * Double(torus.sizes.count) * torus.links / max(hops, 1))
    }
    if let dragonfly, span > dragonfly.nodesPerGroup {
      let links = dragonfly.bundle * Double(dragonfly.groups - 1)
      share = min(share, links / (outside(dragonfly.nodesPerGroup) * Double(dragonfly.nodesPerGroup)))
    }
    return share
  }

  /// Of messages that all nodes send as far as this one goes.
  func message(from: Int, to: Int) -> Double {
    guard from != to else { return 1 }
    let distance = abs(to - from)
    let trees =
      tiers.filter { from / $0.nodes != to / $0.nodes }
      .map { Double($0.nodes) / ($0.ratio * Double(min(distance, $0.nodes))) }.min() ?? 1
    let apart = dragonfly.map { from / $0.nodesPerGroup != to / $0.nodesPerGroup } ?? false
    let across = apart ? dragonflyShare(.max, Double(nodesPerGroup) / Double(min(distance, nodesPerGroup))) : 1
    return min(1, trees, torusShare(distance), across)
  }

  private var nodesPerGroup: Int { dragonfly?.nodesPerGroup ?? 1 }

  /// A link carries what all nodes send whose way, dimension after dimension, leads over it.
  private func torusShare(_ distance: Int) -> Double {
    guard let torus else { return 1 }
    var (hops, stride) = (1, 1)
    for size in torus.sizes {
      let steps = distance / stride % size
      hops = max(hops, min(steps, size - steps))
      stride *= size
    }
    return torus.links / Double(hops)
  }

  /// The bundle to the next group, where one of `local` nodes sends over it.
  private func dragonflyShare(_ span: Int, _ local: Double) -> Double {
    guard let dragonfly, span > dragonfly.nodesPerGroup else { return 1 }
    return dragonfly.bundle * local / Double(dragonfly.nodesPerGroup)
  }
}
