package import Cluster
package import Collectives
package import NetworkModel
package import Quantities

extension CommunicationModel {
  /// Payload that a rank sends over each kind of link in one call, on the average of its group, by the algorithm that the time is of.
  ///
  /// A byte counts once, under the link that names its hop: what leaves a node under the network, not under the PCIe of its card.
  ///
  /// | algorithm, r ranks on each of m nodes | inside a node | between nodes |
  /// |---|---|---|
  /// | ring, V sent by each rank | V (r-1)/r | V / r |
  /// | tree, S bytes | 2S (r-1)/r | 2S (m-1)/(m r) |
  /// | in-switch, S bytes | (1 + 1/r) S | 2S (m-1)/(m r) |
  ///
  /// - Errors: as of the duration.
  package func loads(
    of kind: CollectiveKind, _ bytes: ByteCount, among group: Group
  ) throws(NetworkError) -> [Link.Kind: ByteCount] {
    let request = CollectiveRequest.Kind(kind)
    let algorithm = try time(request, bytes, group).algorithm
    let (size, nodes) = (Double(bytes.value), Double(group.domains))
    let local = Double(group.ranks) / nodes
    let isBroadcast = kind == .broadcast ? Double(group.ranks - 1) / Double(group.ranks) : 1
    let volume = size * busFactor(request, group) * isBroadcast
    let ring = (volume * (local - 1) / local, group.domains > 1 ? volume / local : 0)
    let between = 2 * size * (nodes - 1) / (nodes * local)
    let (inner, outer) =
      switch algorithm {
      case .ring, .pairwise: group.domains > 1 ? ring : (volume, 0)
      case .tree: (2 * size * (local - 1) / local, between)
      case .inSwitch: ((1 + 1 / local) * size, between)
      }
    var loads: [Link.Kind: ByteCount] = [:]
    if inner > 0 { loads[innerKind(group)] = ByteCount(Int(inner.rounded())) }
    if outer > 0, let network = cluster.network { loads[network.link.kind] = ByteCount(Int(outer.rounded())) }
    return loads
  }

  private func busFactor(_ kind: CollectiveRequest.Kind, _ group: Group) -> Double {
    CollectiveRequest(
      kind, .zero, ranksPerNode: group.ranksPerNode, nodes: group.nodes, ranks: group.ranks
    ).busFactor
  }

  /// What a group's GPUs of one node or domain talk over: PCIe where they have no NVLink to all of their neighbours in the ring.
  package func innerKind(_ group: Group) -> Link.Kind {
    switch cluster.nodeFabric {
    case .nvSwitch: .nvlink
    case .mesh, .fullMesh: mesh.map { $0.rings(over: group.places) > 0 } ?? false ? .nvlink : .pcie
    case .bridges: group.ranksPerNode == 2 && hasBridges ? .nvlink : .pcie
    case .pcie: .pcie
    }
  }
}
