import Cluster
import Quantities

/// What a group of neighbouring GPUs has of its node's PCIe tree where all groups of its size talk at once, over what it has alone.
///
/// Each group is a ring; the busiest link of all rings over the busiest link of the first alone.
///
/// - Ignores: the memory that data is staged in where GPUs do not reach each other; groups of GPUs that are not neighbours.
struct HostShare: Sendable {
  /// By ranks of the node, from 0.
  private let shares: [Double]

  init(_ cluster: ClusterDescription) {
    var node = cluster
    (node.nodes, node.network) = (1, nil)
    let topology = Topology(node)
    shares = (0...node.gpusPerNode).map { ranks in
      guard ranks > 1, case .pcie = node.nodeFabric.sharing else { return 1 }
      let rings = (0..<node.gpusPerNode / ranks).map { group in
        (0..<ranks).map { topology.route(from: group * ranks + $0, to: group * ranks + ($0 + 1) % ranks) }
      }
      return topology.busiest(rings[0]) / topology.busiest(rings.flatMap { $0 })
    }
  }

  subscript(ranks: Int) -> Double { shares[min(ranks, shares.count - 1)] }
}

extension NodeFabric {
  /// The tree is shared by what has no links of its own.
  fileprivate var sharing: NodeFabric { if case .bridges = self { .pcie } else { self } }
}

extension Topology {
  /// Seconds that the busiest link takes for a byte on each route.
  fileprivate func busiest(_ routes: [[Int]]) -> Double {
    var load: [Int: Double] = [:]
    for link in routes.joined() { load[link, default: 0] += 1 / links[link].achieved.bytesPerSecond }
    return load.values.max() ?? 0
  }
}
