import Cluster
package import NetworkModel
package import Quantities

extension CommunicationModel {
  /// One message between two GPUs (send and receive of NCCL), while every GPU sends one as far.
  ///
  /// - Errors: `NetworkError` for GPUs that the cluster does not have or that nothing joins, and for a message to oneself.
  package func duration(
    ofMessage bytes: ByteCount, from: Int, to: Int
  ) throws(NetworkError) -> SimDuration {
    guard from != to, min(from, to) >= 0, max(from, to) < cluster.gpus else {
      throw NetworkError("no message from GPU \(from) to GPU \(to): \(cluster.name) has GPUs 0 to \(cluster.gpus - 1)")
    }
    let (start, first) = from.quotientAndRemainder(dividingBy: cluster.gpusPerNode)
    let (end, second) = to.quotientAndRemainder(dividingBy: cluster.gpusPerNode)
    let time =
      start == end ? try inside(bytes, first, second) : try between(bytes, start, end)
    return SimDuration(seconds: time.seconds)
  }

  /// Over the links that the two GPUs have to each other; over the host where they have none.
  private func inside(_ bytes: ByteCount, _ first: Int, _ second: Int) throws(NetworkError) -> CollectiveTime {
    let request = CollectiveRequest(.sendReceive, bytes, ranksPerNode: 2)
    switch cluster.nodeFabric {
    case .nvSwitch: return try direct.time(of: request)
    case .mesh, .fullMesh:
      let links = mesh?.links[first][second] ?? 0
      guard links > 0, let mesh else { return try overHost(request) }
      return try direct.time(of: request, share: GroupShare(link: Double(links) / Double(mesh.linksPerGPU)))
    case .bridges(_, let pairs):
      let isJoined = pairs.contains { Set([$0.first, $0.second]) == [first, second] }
      return isJoined ? try direct.time(of: request) : try overHost(request)
    case .pcie: return try overHost(request)
    }
  }

  private func overHost(_ request: CollectiveRequest) throws(NetworkError) -> CollectiveTime {
    guard let host else { preconditionFailure("\(cluster.name): no host link where GPUs need one") }
    return try host.time(of: request, share: GroupShare(link: pairShare))
  }

  private func between(_ bytes: ByteCount, _ start: Int, _ end: Int) throws(NetworkError) -> CollectiveTime {
    let request = CollectiveRequest(.sendReceive, bytes, ranksPerNode: 1, nodes: 2)
    let size = cluster.nodeFabric.nodesPerDomain
    let isOneDomain = start / size == end / size
    let share = GroupShare(
      cards: cardShare(from: start, to: end), ranksPerDomain: size > 1 ? (isOneDomain ? 2 : 1) : nil)
    return try direct.time(of: request, share: share)
  }
}
