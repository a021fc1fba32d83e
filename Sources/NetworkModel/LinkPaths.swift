import Quantities

/// The ways of one link, with their constants.
struct LinkPaths: Sendable {
  let link: NodeLink
  let ringLL, ringLL128, allReduce, shard, exchangeLL, exchange, pair, inSwitch: PathConstants
  /// Rings over the first n GPUs of a mesh, by n; empty with switches, which join any as well as any other.
  private let rings: [Int]
  private let linksPerGPU: Int

  init(_ link: NodeLink, _ constants: NetworkConstants) throws(NetworkError) {
    self.link = link
    ringLL = try constants.path("ring_ll", of: link.family)
    ringLL128 = try constants.path("ring_ll128", of: link.family)
    allReduce = try constants.path("all_reduce", of: link.family)
    shard = try constants.path("shard", of: link.family).half(of: allReduce)
    exchangeLL = try constants.path("exchange_ll", of: link.family)
    exchange = try constants.path("exchange", of: link.family)
    pair = try constants.path("pair", of: link.family)
    inSwitch = link.hasInSwitchReduction ? try constants.path("in_switch", of: link.family) : PathConstants.none
    linksPerGPU = link.mesh?.linksPerGPU ?? 0
    rings = link.mesh.map { mesh in (0...mesh.links.count).map { mesh.rings(over: Array(0..<$0)) } } ?? []
  }

  /// Bytes per second of one GPU by the data sheet, over the links that a group of `ranks` can use at once.
  ///
  /// - Parameter places: where the group is in its node; none for the first GPUs.
  func bandwidth(_ ranks: Int, at places: [Int]) -> Double {
    guard ranks < rings.count, linksPerGPU > 0 else { return link.bandwidth.bytesPerSecond }
    let rings = places.isEmpty ? rings[ranks] : link.mesh!.rings(over: places)
    // A group without a ring goes over the host.
    guard rings > 0 else { return min(link.bandwidth, link.host).bytesPerSecond }
    return link.bandwidth.bytesPerSecond * Double(rings) / Double(linksPerGPU)
  }
}

extension PathConstants {
  /// The same where it is no better than half of `whole`: a reduce-scatter and an all-gather are an all-reduce too, so NCCL's is no
  /// longer than those.
  fileprivate func half(of whole: PathConstants) -> PathConstants {
    var half = self
    (half.base, half.hop, half.copy) = (max(base, whole.base / 2), max(hop, whole.hop), max(copy, whole.copy))
    (half.share, half.span, half.overlap) = (min(share, whole.share), min(span, whole.span), whole.overlap)
    return half
  }

  /// Of what a link cannot do.
  static let none = PathConstants(values: parameters.map(\.usual))
}

/// How a request lies on domains of a link and on the network between them.
struct Placement {
  let ranks: Int
  /// Ranks of one domain, and domains.
  let local, groups: Int
  /// More than one tray of a rack, or more than one PCIe switch.
  let isSpread: Bool

  init(_ request: CollectiveRequest, _ link: NodeLink, _ domains: GroupShare.Domains? = nil) {
    ranks = request.ranks
    if let domains {
      (local, groups) = (domains.ranks, domains.count)
    } else if link.spansNodes, request.nodes > 1, link.domain > request.ranksPerNode {
      local = min(ranks, link.domain)
      groups = (ranks + local - 1) / local
    } else {
      (local, groups) = (request.ranksPerNode, request.nodes)
    }
    // Four GPUs of a PCIe box hang on one switch, usually.
    isSpread = link.family.isPCIe ? local > 4 : local > request.ranksPerNode
  }
}
