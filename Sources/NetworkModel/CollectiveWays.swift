import Foundation
import Quantities

/// The ways that one request can take.
struct CollectiveWays {
  private let request: CollectiveRequest
  private let paths: LinkPaths
  private let place: Placement
  private let network: NodeNetwork?
  private let wire: PathConstants?
  private let share: GroupShare
  private let bytes: Double

  init(
    _ request: CollectiveRequest, _ paths: LinkPaths, _ network: NodeNetwork?, _ wire: PathConstants?,
    _ share: GroupShare
  ) {
    (self.request, self.paths, self.wire, self.share) = (request, paths, wire, share)
    place = Placement(request, paths.link, share.domains)
    self.network = place.groups > 1 ? network : nil
    bytes = Double(request.bytes.value)
  }

  /// Each way once, without making a list: this is asked for every collective of a plan.
  func visit(_ body: (CollectiveCandidate) -> Void) {
    switch request.kind {
    case .allReduce:
      rings(paths.allReduce, body)
      trees(body)
      inSwitch(body)
    case .allGather, .reduceScatter, .broadcast: rings(paths.shard, body)
    case .allToAll: pairwise(paths.exchange, share: busShare, body)
    case .sendReceive: pairwise(paths.pair, share: 1, body)
    }
  }

  private var busShare: Double { Double(place.ranks - 1) / Double(place.ranks) }
  /// Passes over the ring: reduce-scatter and all-gather are one each.
  private var passes: Double { request.kind == .allReduce ? 2 : 1 }

  private func rings(_ simple: PathConstants, _ body: (CollectiveCandidate) -> Void) {
    let volume = request.busFactor * bytes
    let between = passes * Double(place.groups - 1)
    let steps = passes * Double(place.ranks - 1) - between
    visitWays(simple) { way in
      body(
        candidate(
          .ring, way, steps: steps, wireSteps: between, wireHop: way.ringHop, volume: volume, cards: volume))
    }
  }

  /// A chain inside each node, a double binary tree between the nodes.
  private func trees(_ body: (CollectiveCandidate) -> Void) {
    guard network != nil else { return }
    visitWays(paths.allReduce) { way in
      body(
        candidate(
          .tree, way, steps: 2 * Double(place.local - 1), wireSteps: treeDepth, wireHop: way.treeHop,
          volume: 2 * bytes, cards: treeVolume))
    }
  }

  private var treeDepth: Double { 2 * log2(Double(place.groups)).rounded(.up) }
  /// Bytes on all cards of a node.
  private var treeVolume: Double { 2 * Double(place.groups - 1) / Double(place.groups) * bytes }

  /// NCCL takes the switch from six ranks on: below, a ring is as fast.
  ///
  /// - Source: measured on B200 by stas00/ml-engineering, network/README.md, with 4 to 7 ranks.
  private func inSwitch(_ body: (CollectiveCandidate) -> Void) {
    guard paths.link.hasInSwitchReduction, place.local >= 6 else { return }
    let way = Way(wireProtocol: .simple, constants: paths.inSwitch)
    let volume = (1 + 1 / Double(place.local)) * bytes
    body(
      candidate(
        .inSwitch, way, steps: 0, wireSteps: network == nil ? 0 : treeDepth, wireHop: way.treeHop, volume: volume,
        cards: treeVolume))
  }

  private func pairwise(_ simple: PathConstants, share: Double, _ body: (CollectiveCandidate) -> Void) {
    let outside = Double(place.ranks - place.local) / Double(place.ranks)
    let cards = request.kind == .allToAll ? Double(place.local) * outside * bytes : bytes
    func add(_ wireProtocol: CollectiveTime.WireProtocol, _ constants: PathConstants) {
      body(
        candidate(
          .pairwise, Way(wireProtocol: wireProtocol, constants: constants), steps: Double(place.ranks - 1),
          wireSteps: 1, wireHop: 1, volume: share * bytes, cards: cards))
    }
    add(.ll, paths.exchangeLL)
    add(.simple, simple)
  }

  /// A rank's own part over what it sends; none where all of it comes from one rank.
  private var ownPart: Double {
    request.kind == .broadcast || request.kind == .sendReceive ? 0 : 1 / Double(place.ranks - 1)
  }

  private func visitWays(_ simple: PathConstants, _ body: (Way) -> Void) {
    body(Way(wireProtocol: .ll, constants: paths.ringLL))
    body(Way(wireProtocol: .ll128, constants: paths.ringLL128))
    body(Way(wireProtocol: .simple, constants: simple))
  }

  /// - Parameters:
  ///   - wireHop: a step between nodes, over that of LL128 in a ring.
  ///   - volume: bytes on the link of each rank.
  ///   - cards: bytes on all cards of each node.
  private func candidate(
    _ algorithm: CollectiveTime.Algorithm, _ way: Way, steps: Double, wireSteps: Double, wireHop: Double,
    volume: Double, cards: Double
  ) -> CollectiveCandidate {
    let constants = way.constants
    let reached = constants.share * (place.isSpread ? constants.span : 1) * share.link
    var latency = constants.base + steps * constants.hop
    var transfer = volume / (reached * paths.bandwidth(place.local, at: request.places))
    // A rank's own part is copied inside the GPU: few links make that no slower.
    transfer += ownPart * constants.copy * volume / (reached * paths.link.bandwidth.bytesPerSecond)
    if let network, let wire {
      latency += wire.base + wireSteps * wireHop * wire.hop
      transfer = max(transfer, cards / (network.bandwidth.bytesPerSecond * share.cards * wire.share * way.wireShare))
    }
    return CollectiveCandidate(
      algorithm: algorithm, wireProtocol: way.wireProtocol, latency: latency, transfer: transfer,
      overlap: network == nil ? constants.overlap : wire?.overlap ?? constants.overlap, bias: constants.bias)
  }
}

/// A protocol with its constants on the links.
private struct Way {
  var wireProtocol: CollectiveTime.WireProtocol
  var constants: PathConstants

  /// Payload of what a card sends: LL has a flag of 4 bytes in each 8, LL128 one of 8 in each 128.
  var wireShare: Double {
    switch wireProtocol {
    case .ll: 0.5
    case .ll128: 120.0 / 128
    case .simple: 1
    }
  }

  /// A step of a ring between nodes over LL128's.
  ///
  /// - Source: NCCL, src/graph/tuning.cc @5067397c, hardware latencies NET: ring 2.7, 4.0, 14 us; tree 5.0, 8.5, 14 us.
  var ringHop: Double {
    switch wireProtocol {
    case .ll: 2.7 / 4
    case .ll128: 1
    case .simple: 14.0 / 4
    }
  }

  var treeHop: Double {
    switch wireProtocol {
    case .ll: 5.0 / 4
    case .ll128: 8.5 / 4
    case .simple: 14.0 / 4
    }
  }
}
