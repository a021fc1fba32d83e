import Cluster
import Quantities

/// A copy between a GPU and the memory of its host: what is offloaded.
///
///     T = overhead + Σ latency + bytes / (achieved / sharers)
///
/// - Ignores: the bandwidth of the memory itself, and pages that are not pinned.
/// - Source: bandwidths and latencies of the links' catalogue.
struct HostCopy: Sendable {
  private let latency: Latency
  private let bandwidth: Bandwidth

  init(_ cluster: ClusterDescription) {
    var node = cluster
    (node.nodes, node.network) = (1, nil)
    let topology = Topology(node)
    let routes = (0..<node.gpusPerNode).map(topology.routeToHost(from:))
    var sharers: [Int: Int] = [:]
    for link in routes.joined() { sharers[link, default: 0] += 1 }
    latency = routes.map(topology.latency(along:)).max()!
    bandwidth = Bandwidth(
      sharers.map { link, count in topology.links[link].achieved.bytesPerSecond / Double(count) }.min()!)
  }

  func duration(_ bytes: ByteCount, _ slowness: Double) -> SimDuration {
    guard bytes > .zero else { return .zero }
    return SimDuration(seconds: latency.seconds) + bytes / Bandwidth(bandwidth.bytesPerSecond / slowness)
  }
}
