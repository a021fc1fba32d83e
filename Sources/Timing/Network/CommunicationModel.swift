package import Cluster
package import Collectives
package import NetworkModel
package import Quantities

/// How long a cluster takes to communicate while all of its GPUs do the same: every GPU is in a group of the same shape, or sends a
/// message as far.
///
/// A group with r ranks on a node of G GPUs has r/G of the node's network cards; fat trees with less above a leaf than below, tori and
/// dragonflies leave less of that (`FabricShare`); groups on a PCIe tree share it (`HostShare`). NVLink domains of several nodes count
/// as one node.
///
/// Worked example: two ranks a node on HGX H100 nodes with eight cards of 50 GB/s: 2/8 of 400 GB/s, so 100 GB/s a group.
///
/// - Ignores: communication of different shapes at the same time, jitter, and what compute kernels take of the GPU's copying threads.
/// - Source: `CollectiveModel` for what a group takes alone; measured error there.
package struct CommunicationModel: Sendable {
  package let cluster: ClusterDescription
  /// Links whose constants are another's, for reports.
  package let substitutions: [String]
  private let groups: CollectiveModel
  /// Between two GPUs that a mesh joins by some of its links.
  let direct: CollectiveModel
  /// Between two GPUs that have none.
  let host: CollectiveModel?
  private let fabric: FabricShare
  private let hostShare: HostShare
  private let hostCopy: HostCopy
  let mesh: LinkMesh?
  /// Each two neighbours of a node have a bridge.
  let hasBridges: Bool

  /// - Errors: `NetworkError` for links that are not modelled, with the name and what is modelled instead.
  package init(
    _ cluster: ClusterDescription, _ constants: NetworkConstants, choice: CollectiveModel.Choice = .tuner
  ) throws(NetworkError) {
    let own = try ClusterInterconnect(cluster, constants)
    self.cluster = cluster
    substitutions = own.substitutions
    groups = try CollectiveModel(own.interconnect, constants, choice: choice)
    direct = try CollectiveModel(
      Interconnect(own.direct, network: own.interconnect.network), constants, choice: choice)
    host =
      if let link = own.host { try CollectiveModel(Interconnect(link), constants, choice: choice) } else { nil }
    (fabric, hostShare, hostCopy) = (FabricShare(cluster), HostShare(cluster), HostCopy(cluster))
    (mesh, hasBridges) = (own.interconnect.link.mesh, own.interconnect.bridge != nil)
  }

  /// How many times as long bytes take over a link that is slow.
  package struct Slowness: Hashable, Sendable {
    /// Between the GPUs of a node or domain, and on the cards.
    package var link: Double
    package var cards: Double

    package init(link: Double = 1, cards: Double = 1) { (self.link, self.cards) = (link, cards) }

    package static let none = Slowness()
  }

  /// - Parameter bytes: the whole buffer; of an all-gather and a reduce-scatter all shards together.
  /// - Errors: `NetworkError` for a group that the cluster has no room for, or no network between its nodes.
  package func duration(
    of kind: CollectiveKind, _ bytes: ByteCount, among group: Group, slowness: Slowness = .none
  ) throws(NetworkError) -> SimDuration {
    SimDuration(seconds: try time(CollectiveRequest.Kind(kind), bytes, group, slowness).seconds)
  }

  /// Every rank sends each other one its part.
  ///
  /// - Parameter bytes: what a rank holds for all ranks, itself included.
  /// - Errors: as of a collective.
  package func duration(ofAllToAll bytes: ByteCount, among group: Group) throws(NetworkError) -> SimDuration {
    SimDuration(seconds: try time(.allToAll, bytes, group).seconds)
  }

  /// Between a GPU and the memory of its host, while the GPUs that share its way there copy too.
  package func duration(ofHostCopy bytes: ByteCount, slowness: Double = 1) -> SimDuration {
    hostCopy.duration(bytes, slowness)
  }

  /// - Errors: `NetworkError` for a group that does not fit.
  func time(
    _ kind: CollectiveRequest.Kind, _ bytes: ByteCount, _ group: Group, _ slowness: Slowness = .none
  ) throws(NetworkError) -> CollectiveTime {
    guard group.ranksPerNode <= cluster.gpusPerNode, group.span <= cluster.nodes else {
      throw NetworkError(
        "\(cluster.name) has \(cluster.nodes) nodes of \(cluster.gpusPerNode) GPUs: no room for \(group.nodes) nodes "
          + "of \(group.ranksPerNode) ranks over \(group.span) nodes; resize the cluster")
    }
    let request = CollectiveRequest(
      kind, bytes, ranksPerNode: group.ranksPerNode, nodes: group.nodes, ranks: group.ranks, places: group.places)
    return try groups.time(of: request, share: share(of: group, kind, slowness))
  }

  private func share(of group: Group, _ kind: CollectiveRequest.Kind, _ slowness: Slowness) -> GroupShare {
    let local = (group.ranks + group.domains - 1) / group.domains
    let left =
      kind == .allToAll
      ? fabric.exchange(nodes: group.nodes, span: group.span) : fabric.ring(nodes: group.nodes, span: group.span)
    return GroupShare(
      link: hostShare[group.ranksPerNode] / slowness.link,
      cards: Double(local) / Double(cluster.gpusPerNode) * left / slowness.cards,
      domains: cluster.nodeFabric.nodesPerDomain > 1
        ? GroupShare.Domains(group.domains, ranks: group.ranksPerDomain) : nil)
  }

  /// Of the cards of a node, what a message between nodes has.
  func cardShare(from: Int, to: Int) -> Double { fabric.message(from: from, to: to) / Double(cluster.gpusPerNode) }

  /// Of its PCIe link, what a message inside a node has.
  var pairShare: Double { hostShare[2] }
}

extension CollectiveRequest.Kind {
  init(_ kind: CollectiveKind) {
    self =
      switch kind {
      case .allReduce: .allReduce
      case .reduceScatter: .reduceScatter
      case .allGather: .allGather
      case .broadcast: .broadcast
      }
  }
}
