package import Cluster
package import NetworkModel
import Quantities

/// A cluster in the terms of the network model, and where the model had to take another link's constants.
package struct ClusterInterconnect: Hashable, Sendable {
  package var interconnect: Interconnect
  /// Between GPUs that nothing but the host joins; nil where NVLink joins all of them.
  package var host: NodeLink?
  /// Between two GPUs of a node that have links to each other: all of a GPU's, or those of one bridge.
  package var direct: NodeLink
  /// Links without constants of their own, with whose they have: `NVLink 2: constants of nvlink3`. For reports.
  package var substitutions: [String]

  /// - Errors: `NetworkError` that names a link for which the model has no family, and those that it has.
  package init(_ cluster: ClusterDescription, _ constants: NetworkConstants) throws(NetworkError) {
    host = try cluster.hostLink()
    let link = try cluster.nodeLink()
    let bridge = try cluster.bridge()
    interconnect = Interconnect(
      link, bridge: cluster.joinsNeighbours ? bridge : nil, network: try cluster.network.map(NodeNetwork.init))
    direct = bridge ?? link
    direct.mesh = nil
    substitutions = []
    try note(cluster, constants)
  }

  private mutating func note(_ cluster: ClusterDescription, _ constants: NetworkConstants) throws(NetworkError) {
    let fabric = cluster.nodeFabric.link
    let links =
      [(direct, fabric ?? cluster.host.gpuLink)]
      + (host.map { [($0, cluster.host.gpuLink)] } ?? [])
    for (link, described) in links {
      guard let source = constants.source(of: link.family) else {
        throw NetworkError("\(cluster.name): \(described.name): no constants; give some for \(link.family.rawValue)")
      }
      guard source != link.family else { continue }
      substitutions.append("\(described.name): constants of \(source.rawValue)")
    }
    guard let family = interconnect.network?.family, let name = cluster.network?.link.name else { return }
    guard let source = constants.source(of: family) else {
      throw NetworkError("\(cluster.name): \(name): no constants; give some for \(family.rawValue)")
    }
    if source != family { substitutions.append("\(name): constants of \(source.rawValue)") }
  }
}

extension ClusterDescription {
  fileprivate func nodeLink() throws(NetworkError) -> NodeLink {
    switch nodeFabric {
    case .nvSwitch(let link, let reduces, let nodesPerDomain):
      NodeLink(
        try .init(nvlink: link, of: name), bandwidth: ownBandwidth(of: link), domain: nodesPerDomain * gpusPerNode,
        spansNodes: nodesPerDomain > 1, inSwitchReduction: reduces)
    case .mesh(let link, _), .fullMesh(let link, _): try direct(link)
    case .bridges, .pcie: try pcieLink()
    }
  }

  /// The links of the busiest GPU are the bandwidth: a mesh's rings are counted in links.
  private func direct(_ link: Link) throws(NetworkError) -> NodeLink {
    let mesh = LinkMesh(nodeFabric, gpus: gpusPerNode)
    let bandwidth = link.bandwidth.bytesPerSecond * Double(mesh.linksPerGPU) / Double(link.count)
    return NodeLink(
      try .init(nvlink: link, of: name), bandwidth: Bandwidth(bandwidth), domain: gpusPerNode, spansNodes: false,
      inSwitchReduction: false, mesh: mesh, host: host.gpuLink.bandwidth)
  }

  private func pcieLink() throws(NetworkError) -> NodeLink {
    NodeLink(
      try .init(pcie: host.gpuLink, of: name), bandwidth: host.gpuLink.bandwidth, domain: gpusPerNode,
      spansNodes: false, inSwitchReduction: false)
  }

  fileprivate func hostLink() throws(NetworkError) -> NodeLink? {
    if case .nvSwitch = nodeFabric { nil } else { try pcieLink() }
  }

  /// The narrowest of a node's bridges; nil without any.
  fileprivate func bridge() throws(NetworkError) -> NodeLink? {
    guard case .bridges(let link, let pairs) = nodeFabric else { return nil }
    guard link.kind == .nvlink else {
      throw NetworkError("\(name): \(link.name) is no NVLink: describe GPUs that it joins as pcie")
    }
    guard let links = pairs.map(\.links).min() else { return nil }
    let bandwidth = link.bandwidth.bytesPerSecond * Double(links) / Double(link.count)
    return NodeLink(.bridge, bandwidth: Bandwidth(bandwidth), domain: 2, spansNodes: false, inSwitchReduction: false)
  }

  /// Each two neighbours have a bridge: groups of two use them.
  fileprivate var joinsNeighbours: Bool {
    guard case .bridges(_, let pairs) = nodeFabric else { return false }
    return stride(from: 0, to: gpusPerNode - 1, by: 2).allSatisfy { first in
      pairs.contains { Set([$0.first, $0.second]) == [first, first + 1] }
    }
  }

  /// A GPU with fewer links than the switch has for it uses those that it has: an H800's 200 GB/s of 450.
  private func ownBandwidth(of link: Link) -> Bandwidth {
    guard let own = gpu.nvlink else { return link.bandwidth }
    return min(link.bandwidth, Bandwidth(own.bytesPerSecond / 2))
  }
}

extension NodeNetwork {
  /// Every card of a node, by the data sheet of its port.
  fileprivate init(_ network: NetworkDescription) throws(NetworkError) {
    let family: Family =
      switch network.link.kind {
      case .infiniband: .infiniband
      case .roce: .roce
      case .efa: network.link.name.contains("v2") ? .efa2 : .efa
      case .tcpx: .tcpx
      case .ethernet: .ethernet
      case .nvlink, .c2c, .pcie, .socket:
        throw NetworkError(
          "\(network.link.name) is no network between nodes; use an infiniband, roce, efa, tcpx or ethernet link")
      }
    self.init(family, bandwidth: Bandwidth(network.link.bandwidth.bytesPerSecond * Double(network.nicsPerNode)))
  }
}
