package import Cluster
package import NetworkModel
package import Quantities

extension CommunicationModel {
  /// What joins two GPUs.
  private enum Path {
    /// NVLink inside a node or a domain of several, with a share of one GPU's links.
    case links(Double)
    case host
    case network
  }

  private func path(from: Int, to: Int) -> Path {
    let (start, first) = from.quotientAndRemainder(dividingBy: cluster.gpusPerNode)
    let (end, second) = to.quotientAndRemainder(dividingBy: cluster.gpusPerNode)
    let size = cluster.nodeFabric.nodesPerDomain
    guard start == end else { return start / size == end / size ? .links(1) : .network }
    switch cluster.nodeFabric {
    case .nvSwitch: return .links(1)
    case .mesh, .fullMesh:
      guard let mesh, mesh.links[first][second] > 0 else { return .host }
      return .links(Double(mesh.links[first][second]) / Double(mesh.linksPerGPU))
    case .bridges(_, let pairs):
      return pairs.contains { Set([$0.first, $0.second]) == [first, second] } ? .links(1) : .host
    case .pcie: return .host
    }
  }

  /// What a message between two GPUs goes over.
  package func linkKind(from: Int, to: Int) -> Link.Kind {
    switch path(from: from, to: to) {
    case .links: .nvlink
    case .host: .pcie
    case .network: cluster.network?.link.kind ?? .pcie
    }
  }

  /// One message between two GPUs (send and receive of NCCL), while every GPU sends one as far.
  ///
  /// - Errors: `NetworkError` for GPUs that the cluster does not have or that nothing joins, and for a message to oneself.
  package func duration(
    ofMessage bytes: ByteCount, from: Int, to: Int, slowness: Slowness = .none
  ) throws(NetworkError) -> SimDuration {
    guard from != to, min(from, to) >= 0, max(from, to) < cluster.gpus else {
      throw NetworkError("no message from GPU \(from) to GPU \(to): \(cluster.name) has GPUs 0 to \(cluster.gpus - 1)")
    }
    let time =
      switch path(from: from, to: to) {
      case .links(let share): try overLinks(bytes, share / slowness.link, spansNodes: node(from) != node(to))
      case .host: try overHost(bytes, slowness)
      case .network: try between(bytes, node(from), node(to), slowness)
      }
    return SimDuration(seconds: time.seconds)
  }

  private func node(_ gpu: Int) -> Int { gpu / cluster.gpusPerNode }

  private func overLinks(
    _ bytes: ByteCount, _ share: Double, spansNodes: Bool
  ) throws(NetworkError) -> CollectiveTime {
    guard spansNodes else {
      return try direct.time(
        of: CollectiveRequest(.sendReceive, bytes, ranksPerNode: 2), share: GroupShare(link: share))
    }
    return try direct.time(
      of: CollectiveRequest(.sendReceive, bytes, ranksPerNode: 1, nodes: 2),
      share: GroupShare(link: share, domains: GroupShare.Domains(1, ranks: 2)))
  }

  private func overHost(_ bytes: ByteCount, _ slowness: Slowness) throws(NetworkError) -> CollectiveTime {
    guard let host else { preconditionFailure("\(cluster.name): no host link where GPUs need one") }
    return try host.time(
      of: CollectiveRequest(.sendReceive, bytes, ranksPerNode: 2), share: GroupShare(link: pairShare / slowness.link))
  }

  private func between(
    _ bytes: ByteCount, _ start: Int, _ end: Int, _ slowness: Slowness
  ) throws(NetworkError) -> CollectiveTime {
    let share = GroupShare(
      cards: cardShare(from: start, to: end) / slowness.cards,
      domains: cluster.nodeFabric.nodesPerDomain > 1 ? GroupShare.Domains(2, ranks: 1) : nil)
    return try direct.time(of: CollectiveRequest(.sendReceive, bytes, ranksPerNode: 1, nodes: 2), share: share)
  }
}
