import Foundation
import Quantities

/// Time of one collective that has its links to itself, in closed form, by the algorithm and protocol that NCCL would take.
///
///     T = (L^p + V^p)^(1/p)
///     L = base + steps · hop        V = volume / (share · bandwidth) · (1 + copy / (n - 1))
///
/// | way | steps | volume on a rank's link |
/// |---|---|---|
/// | ring, all-reduce of S bytes | 2(n-1) | 2(n-1)/n · S |
/// | ring, all-gather, reduce-scatter | n-1 | (n-1)/n · S |
/// | in-switch all-reduce | 1 | (1 + 1/n) · S: each rank has its n-th summed by the switch, and sends the sum to all |
/// | tree, between nodes | 2(g-1) inside, 2⌈log₂ m⌉ between | 2S inside, 2(m-1)/m · S on the node's cards |
/// | pairwise all-to-all | n-1 | (n-1)/n · S |
///
/// Of several nodes the slower of link and cards is the bandwidth. The way is the one whose `bias · T` is least: NCCL's tuner thinks that
/// Simple costs less than it does, and takes it too early, which is why measured times jump.
///
/// Worked example: all-reduce of 1 GiB on 4 GPUs of an A100 board in a ring, Simple, with base 26.91 us, hop 1.834 us, share 0.804 of
/// 300 GB/s, copy 0.2009 and p = 0.772: L = 26.91 + 6 · 1.834 = 37.9 us; V = 1.5 · 1.0737e9 / 241.2e9 · (1 + 0.2009 / 3) = 7125 us;
/// T = (37.9^p + 7125^p)^(1/p) = 7287 us. Measured: 7259 us.
///
/// - Ignores: other traffic on the links, placement of nodes in the network, jitter, channels that a framework takes away, dtype.
/// - Source: the form is NCCL's src/graph/tuning.cc (5067397c, 2026-06), with overlap and copy added; the steps: Thakur, Rabenseifner &
///   Gropp 2005, doi:10.1177/1094342005051521; in-switch volume: Klenk et al., ISCA 2020.
/// - Validated: `orrery-bench validate collectives`.
package struct CollectiveModel: Sendable {
  /// How the way of a collective is chosen.
  package enum Choice: Hashable, Sendable {
    /// As NCCL's tuner does, with its misjudgements: what is measured.
    case tuner
    /// The least time: more bandwidth then never takes longer.
    case fastest
  }

  package let interconnect: Interconnect
  private let choice: Choice
  private let link: LinkPaths
  private let bridge: LinkPaths?
  private let wire: PathConstants?

  /// - Errors: `NetworkError` for constants that are missing.
  package init(
    _ interconnect: Interconnect, _ constants: NetworkConstants, choice: Choice = .tuner
  ) throws(NetworkError) {
    (self.interconnect, self.choice) = (interconnect, choice)
    link = try LinkPaths(interconnect.link, constants)
    bridge = if let own = interconnect.bridge { try LinkPaths(own, constants) } else { nil }
    wire = if let network = interconnect.network { try constants.wire(network.family) } else { nil }
  }

  /// Nothing if the interconnect can carry a request.
  ///
  /// - Errors: `NetworkError` for several nodes without a network.
  package func require(_ request: CollectiveRequest, share: GroupShare = .whole) throws(NetworkError) {
    guard wire == nil, Placement(request, link.link, share.domains).groups > 1 else { return }
    throw NetworkError("\(request.nodes) nodes of \(request.ranksPerNode) ranks need a network between them")
  }

  /// - Parameters:
  ///   - share: what other groups leave of links and cards.
  ///   - algorithm: the only one to consider, if given.
  ///   - wireProtocol: the only one to consider, if given.
  /// - Errors: `NetworkError` for several nodes without a network, and for a way that the request does not have.
  package func time(
    of request: CollectiveRequest, share: GroupShare = .whole, algorithm: CollectiveTime.Algorithm? = nil,
    wireProtocol: CollectiveTime.WireProtocol? = nil
  ) throws(NetworkError) -> CollectiveTime {
    try require(request, share: share)
    guard request.ranks > 1 else {
      return CollectiveTime(seconds: 0, algorithm: .ring, wireProtocol: .ll, bandwidthPart: 0)
    }
    var choosing = BestWay(isTuner: choice == .tuner, algorithm: algorithm, wireProtocol: wireProtocol)
    CollectiveWays(request, paths(for: request), interconnect.network, wire, share).visit { choosing.weigh($0) }
    guard let best = choosing.best else {
      let names = [algorithm?.rawValue, wireProtocol?.rawValue].compactMap(\.self).joined(separator: " with ")
      throw NetworkError("\(request.kind.rawValue) on \(request.ranks) ranks has no \(names)")
    }
    return best.time
  }

  /// Seconds of the bytes alone, at the data sheet's bandwidth of the slower of link and cards: a yardstick.
  package func ideal(_ request: CollectiveRequest) -> Double {
    let volume = request.busFactor * Double(request.bytes.value)
    let isBetween = Placement(request, link.link).groups > 1
    let cards = isBetween ? interconnect.network?.bandwidth.bytesPerSecond ?? .infinity : .infinity
    return volume / min(paths(for: request).link.bandwidth.bytesPerSecond, cards)
  }

  private func paths(for request: CollectiveRequest) -> LinkPaths {
    guard let bridge, request.ranksPerNode == 2 else { return link }
    return bridge
  }
}
