/// How the GPUs of a node reach each other, other than through the host.
package enum NodeFabric: Hashable, Sendable {
  /// All links of every GPU go to switches, which stand in the graph as one: each GPU reaches any other at full rate.
  ///
  /// - `reduces`: the switches add up what passes them (NVLink SHARP).
  /// - `nodesPerDomain`: how many nodes share the switches; 18 in a GB200 NVL72.
  case nvSwitch(Link, reduces: Bool, nodesPerDomain: Int)
  /// Links between given GPUs, over which GPUs forward: the hybrid cube mesh of a DGX-1.
  case mesh(Link, [GPUPair])
  /// The same number of links between any two GPUs.
  case fullMesh(Link, linksPerPair: Int)
  /// Links between given GPUs; the others reach each other through the host only.
  case bridges(Link, [GPUPair])
  /// Nothing but the host's PCIe.
  case pcie

  /// Two GPUs of a node, by their index in it, and how many physical links join them.
  package struct GPUPair: Hashable, Sendable {
    package var first, second, links: Int

    package init(_ first: Int, _ second: Int, links: Int) {
      (self.first, self.second, self.links) = (first, second, links)
    }
  }
}

extension NodeFabric {
  package var link: Link? {
    switch self {
    case .nvSwitch(let link, _, _), .mesh(let link, _), .fullMesh(let link, _), .bridges(let link, _): link
    case .pcie: nil
    }
  }

  /// Nodes whose GPUs reach each other over NVLink.
  package var nodesPerDomain: Int { if case .nvSwitch(_, _, let nodes) = self { nodes } else { 1 } }

  package var reducesInSwitch: Bool { if case .nvSwitch(_, let reduces, _) = self { reduces } else { false } }

  var forwardsOverGPUs: Bool { if case .mesh = self { true } else { false } }

  /// The direct connections in a node of so many GPUs.
  func pairs(gpus: Int) -> [GPUPair] {
    switch self {
    case .mesh(_, let pairs), .bridges(_, let pairs): pairs
    case .fullMesh(_, let links):
      (0..<gpus).flatMap { first in (first + 1..<gpus).map { GPUPair(first, $0, links: links) } }
    case .nvSwitch, .pcie: []
    }
  }
}
