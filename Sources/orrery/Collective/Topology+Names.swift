import Cluster

extension Topology {
  /// A link by its kind and its ends: `NVLink, GPU 0 of node 0 to NVSwitch 0 of node 0`.
  func name(ofLink link: Int) -> String {
    let link = links[link]
    return "\(link.kind.inWords), \(name(of: vertices[link.from])) to \(name(of: vertices[link.to]))"
  }

  private func name(of vertex: Vertex) -> String {
    guard let node = vertex.node else { return "\(vertex.kind.inWords) \(vertex.index)" }
    return "\(vertex.kind.inWords) \(vertex.index) of node \(node)"
  }
}

extension Topology.Vertex.Kind {
  fileprivate var inWords: String {
    switch self {
    case .gpu: "GPU"
    case .nic: "card"
    case .host: "socket"
    case .pcieSwitch: "PCIe switch"
    case .nvSwitch: "NVSwitch"
    case .networkSwitch: "network switch"
    }
  }
}

extension Link.Kind {
  fileprivate var inWords: String {
    switch self {
    case .nvlink: "NVLink"
    case .c2c: "NVLink-C2C"
    case .pcie: "PCIe"
    case .socket: "socket link"
    case .infiniband: "InfiniBand"
    case .roce: "RoCE"
    case .efa: "EFA"
    case .tcpx: "GPUDirect-TCPX"
    case .ethernet: "Ethernet"
    }
  }
}
