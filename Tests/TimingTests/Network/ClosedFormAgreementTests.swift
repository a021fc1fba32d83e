import Cluster
import Collectives
import NetworkModel
import Quantities
import Testing
import Timing

/// The closed form and the simulation, message by message, are two tellings of one ring where all that the closed form assumes holds:
///
/// - every rank sends over one route, of the same latency and the same payload rate as every other rank's, and nobody else is on it:
///   not where a host without peer access takes a message in and out of its memory over one link;
/// - a step waits for the route's overhead and latencies and then for its bytes, nothing of the one hidden behind the other: p = 1;
/// - there is no launch (`base` 0), no copy of a rank's own part, no flag or fence of a protocol beside the hop, no bytes but payload.
///
/// Fitted constants are not of that kind: they have NCCL's costs, and its rings through all cards at once. So the constants here are
/// made from the link itself.
@Suite struct ClosedFormAgreementTests {
  /// Ranks of a ring on a ready-made cluster: side by side behind switches, or the first GPU of each node.
  struct Machine: CustomTestStringConvertible, Sendable {
    var cluster: String
    var isBetweenNodes: Bool
    var testDescription: String { "\(cluster), \(isBetweenNodes ? "a GPU of each node" : "behind switches")" }
  }

  static let machines =
    ["hgx-h100", "hgx-h200", "dgx-a100-40", "dgx-a100-80", "dgx-2", "gb200-nvl72"]
    .map { Machine(cluster: $0, isBetweenNodes: false) }
    + ["hgx-h100", "dgx-a100-80", "dgx-2", "dgx-1v", "v100-cloud", "ethernet-cluster"]
    .map { Machine(cluster: $0, isBetweenNodes: true) }

  static let kinds: [(CollectiveKind, CollectiveRequest.Kind)] = [
    (.allReduce, .allReduce), (.allGather, .allGather), (.reduceScatter, .reduceScatter),
  ]

  @Test(arguments: machines, 2...8)
  func `rings take as long in closed form as message by message, within one percent`(
    machine: Machine, ranks: Int
  ) throws {
    let ring = try Ring(machine, ranks: ranks)
    for bytes in Self.sizes {
      for (kind, request) in Self.kinds {
        let played = try ring.played(kind, bytes)
        #expect(!played.isShared)
        let closed = try ring.closed(request, bytes)
        #expect(
          abs(closed / played.makespan.seconds - 1) < 0.01,
          "\(kind.rawValue) of \(bytes): \(closed) s in closed form, \(played.makespan) played")
      }
    }
  }

  /// 64 KiB to 1 GiB.
  private static let sizes = stride(from: 16, through: 30, by: 2).map { ByteCount(1 << $0) }

  @Test(arguments: machines)
  func `a hop or a share that is a tenth off shows`(machine: Machine) throws {
    let (small, large) = (ByteCount(64), ByteCount(1 << 30))
    let right = try Ring(machine, ranks: 8)
    let (short, long) = (
      try right.played(.allReduce, small).makespan.seconds, try right.played(.allReduce, large).makespan.seconds
    )
    for factor in [0.9, 1.1] {
      let latency = try Ring(machine, ranks: 8, hop: factor).closed(.allReduce, small) / short
      #expect(abs(latency - factor) < 0.02)
    }
    let volume = try Ring(machine, ranks: 8, share: 0.9).closed(.allReduce, large) / long
    #expect(abs(volume - 1 / 0.9) < 0.02)
  }

  @Test func `eight rings through one card are each as long as one with an eighth of it`() throws {
    var cluster = try ReadyMade.cluster("hgx-h100", gpus: 64)
    cluster.network?.nicsPerNode = 1
    let ring = try Ring(cluster, gpus: (0..<8).map { $0 * 8 }, isBetweenNodes: true)
    let bytes = ByteCount(1 << 30)
    let pattern = ring.pattern(.allReduce, bytes)
    let groups = (0..<8).map { first in CollectiveSimulation.Group(pattern, on: (0..<8).map { $0 * 8 + first }) }
    let played = try CollectiveSimulation(Topology(cluster)).run(groups)
    #expect(played.isShared)
    #expect(try ring.closed(.allReduce, bytes) < 0.2 * played.makespan.seconds)
    #expect(abs(try ring.closed(.allReduce, bytes, cards: 1.0 / 8) / played.makespan.seconds - 1) < 0.01)
  }
}

/// A ring on GPUs of a cluster, both ways.
private struct Ring {
  private let gpus: [Int]
  private let simulation: CollectiveSimulation
  private let model: CollectiveModel
  /// Of a node's cards, those that the ring has to itself.
  private let cards: Double
  private let isBetweenNodes: Bool

  init(
    _ machine: ClosedFormAgreementTests.Machine, ranks: Int, hop: Double = 1, share: Double = 1
  ) throws {
    let whole = try ReadyMade.cluster(machine.cluster)
    let cluster = machine.isBetweenNodes ? try whole.resized(gpus: 8 * whole.gpusPerNode) : whole
    let stride = machine.isBetweenNodes ? cluster.gpusPerNode : 1
    try self.init(
      cluster, gpus: (0..<ranks).map { $0 * stride }, isBetweenNodes: machine.isBetweenNodes, hop: hop, share: share)
  }

  /// - Parameters:
  ///   - hop: times the route's latency.
  ///   - share: times the route's payload rate.
  init(
    _ cluster: ClusterDescription, gpus: [Int], isBetweenNodes: Bool, hop: Double = 1, share: Double = 1
  ) throws {
    (self.gpus, self.isBetweenNodes) = (gpus, isBetweenNodes)
    simulation = CollectiveSimulation(Topology(cluster))
    let own = try ClusterInterconnect(cluster, ReadyMade.constants).interconnect
    let network = isBetweenNodes ? own.network : nil
    cards = 1 / Double(cluster.network?.nicsPerNode ?? 1)
    let (latency, rate) = try Self.route(simulation.topology, gpus)
    let card = (network?.bandwidth.bytesPerSecond ?? 0) * cards
    let constants = NetworkConstants(
      provenance: ["made from the link itself"],
      links: [
        own.link.family.rawValue: Self.link(
          isBetweenNodes
            ? [:] : ["hop_us": hop * latency * 1e6, "share": share * rate / own.link.bandwidth.bytesPerSecond])
      ],
      networks: [
        // A step of Simple between nodes is 14 / 4 of the constant, which is LL128's.
        network?.family.rawValue ?? "none": [
          "wire": isBetweenNodes ? ["hop_us": hop * latency * 1e6 * 4 / 14, "share": share * rate / card] : [:]
        ]
      ])
    model = try CollectiveModel(Interconnect(Self.plain(own.link), network: network), constants)
  }

  /// The ring needs one link of each GPU, whichever way a box without switches is wired.
  private static func plain(_ link: NodeLink) -> NodeLink {
    var link = link
    (link.mesh, link.hasInSwitchReduction) = (nil, false)
    return link
  }

  /// All ways of a link, of which rings take the first two; usual constants are no launch, no copy, no overlap.
  private static func link(_ simple: [String: Double]) -> NetworkConstants.Tables {
    let others = ["ring_ll", "ring_ll128", "exchange_ll", "exchange", "pair"]
    return ["all_reduce": simple, "shard": simple].merging(others.map { ($0, [:]) }) { own, _ in own }
  }

  /// Latency and payload rate of all routes of the ring.
  private static func route(_ topology: Topology, _ gpus: [Int]) throws -> (seconds: Double, rate: Double) {
    let routes = gpus.indices.map { topology.route(from: gpus[$0], to: gpus[($0 + 1) % gpus.count]) }
    let rates = Set(routes.map { topology.achieved(along: $0)!.bytesPerSecond })
    let latencies = routes.map { topology.latency(along: $0).seconds }
    try #require(rates.count == 1 && latencies.max()! - latencies.min()! < 1e-12, "routes that differ")
    return (latencies[0], rates.first!)
  }

  func pattern(_ kind: CollectiveKind, _ bytes: ByteCount) -> MessagePattern {
    MessagePattern(
      CollectiveSchedule(kind, algorithm: .ring, ranks: gpus.count, count: bytes.value / 4), of: .float32)
  }

  func played(_ kind: CollectiveKind, _ bytes: ByteCount) throws -> CollectiveSimulation.Result {
    try simulation.run([CollectiveSimulation.Group(pattern(kind, bytes), on: gpus)])
  }

  /// - Parameter cards: of the card that the ring goes through, what it has.
  func closed(_ kind: CollectiveRequest.Kind, _ bytes: ByteCount, cards share: Double = 1) throws -> Double {
    let request = CollectiveRequest(
      kind, bytes, ranksPerNode: isBetweenNodes ? 1 : gpus.count, nodes: isBetweenNodes ? gpus.count : 1)
    return try model.time(
      of: request, share: GroupShare(cards: isBetweenNodes ? cards * share : 1), algorithm: .ring,
      wireProtocol: .simple
    ).seconds
  }
}
