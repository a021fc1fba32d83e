package import Quantities

/// What joins the GPUs of one node, or of one NVLink domain.
package struct NodeLink: Hashable, Sendable {
  package enum Family: String, Hashable, Sendable, CaseIterable {
    /// Two PCIe boards joined at their edges.
    case bridge
    case nvlink1, nvlink2, nvlink3, nvlink4, nvlink5
    case pcie3, pcie4, pcie5
  }

  package var family: Family
  /// Of one GPU, in one direction, by the data sheet.
  package var bandwidth: Bandwidth
  /// GPUs that the link joins: 8 in most boxes, 72 in an NVL72 rack.
  package var domain: Int
  /// Whether the domain takes in GPUs of several nodes: the trays of an NVL72 rack.
  package var spansNodes: Bool
  /// Switches that sum and copy: NVSwitch of NVLink 4 and later.
  package var hasInSwitchReduction: Bool
  /// The direct links of a box without switches.
  package var mesh: LinkMesh?
  /// Of the way over the host, for groups that a mesh has no ring for.
  package var host: Bandwidth

  package init(
    _ family: Family, bandwidth: Bandwidth? = nil, domain: Int = 8, spansNodes: Bool? = nil,
    inSwitchReduction: Bool? = nil, mesh: LinkMesh? = nil, host: Bandwidth = Family.pcie3.bandwidth
  ) {
    (self.family, self.domain, self.mesh, self.host) = (family, domain, mesh, host)
    self.spansNodes = spansNodes ?? (domain > 8)
    self.bandwidth = bandwidth ?? family.bandwidth
    hasInSwitchReduction = inSwitchReduction ?? (family == .nvlink4 || family == .nvlink5)
  }
}

extension NodeLink.Family {
  package var isPCIe: Bool { self == .pcie3 || self == .pcie4 || self == .pcie5 }

  /// Of one GPU with all its links, in one direction.
  ///
  /// - Source: NVIDIA's product pages and PCI-SIG, as in interconnects.csv, 2026-06: NVLink 1–5 of P100, V100, A100, H100, B200;
  ///   three bridges of A100 and H100; PCIe × 16.
  package var bandwidth: Bandwidth {
    let gigabytes =
      switch self {
      case .nvlink1: 80.0
      case .nvlink2: 150.0
      case .nvlink3, .bridge: 300.0
      case .nvlink4: 450.0
      case .nvlink5: 900.0
      case .pcie3: 15.75
      case .pcie4: 31.5
      case .pcie5: 63.0
      }
    return Bandwidth(gigabytes * 1e9)
  }

  /// Families of the same kind by distance: where constants come from if a family has none.
  var nearest: [Self] {
    let kin = Self.allCases.filter { $0.isPCIe == isPCIe && ($0 != .bridge || self == .bridge) }
    let own = kin.firstIndex(of: self)!
    return kin.indices.sorted { (abs($0 - own), own - $0) < (abs($1 - own), own - $1) }.map { kin[$0] }
  }
}

/// What joins nodes.
package struct NodeNetwork: Hashable, Sendable {
  package enum Family: String, Hashable, Sendable, CaseIterable {
    case infiniband, roce, ethernet
    /// Amazon's fabric: its first generation, and the one of p5.
    case efa, efa2
    /// Google's TCP into GPU memory.
    case tcpx
  }

  package var family: Family
  /// Of all of a node's cards, in one direction.
  package var bandwidth: Bandwidth

  package init(_ family: Family, bandwidth: Bandwidth) { (self.family, self.bandwidth) = (family, bandwidth) }
}

/// How the ranks of a group reach each other.
package struct Interconnect: Hashable, Sendable {
  package var link: NodeLink
  /// A bridge between two GPUs of a node that `link` joins: a group with two ranks a node uses it.
  package var bridge: NodeLink?
  package var network: NodeNetwork?

  package init(_ link: NodeLink, bridge: NodeLink? = nil, network: NodeNetwork? = nil) {
    (self.link, self.bridge, self.network) = (link, bridge, network)
  }
}
