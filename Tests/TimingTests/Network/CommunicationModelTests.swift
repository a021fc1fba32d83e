import Cluster
import Collectives
import Mesh
import NetworkModel
import Quantities
import Testing
import Timing

@Suite struct CommunicationModelTests {
  private typealias Group = CommunicationModel.Group
  private static let sizes = [0, 1, 12, 16, 20, 24, 28, 32].map { ByteCount(1 << $0) }

  private func model(_ name: String, choice: CollectiveModel.Choice = .fastest) throws -> CommunicationModel {
    try CommunicationModel(ReadyMade.cluster(name), ReadyMade.constants, choice: choice)
  }

  @Test func `a group's shape is read off its ranks`() throws {
    let cluster = try ReadyMade.cluster("hgx-h100")
    let pairs = Group(ranks: [0, 1, 8, 9, 16, 17], on: cluster)
    #expect(pairs == Group(ranks: [6, 7, 14, 15, 22, 23], on: cluster))
    #expect((pairs.ranks, pairs.ranksPerNode, pairs.nodes, pairs.span) == (6, 2, 3, 3))
    let apart = Group(ranks: [3, 35, 67], on: cluster)
    #expect((apart.ranksPerNode, apart.nodes, apart.span) == (1, 3, 9))
    let uneven = Group(ranks: [6, 7, 8], on: cluster)
    #expect((uneven.ranks, uneven.ranksPerNode, uneven.domains, uneven.ranksPerDomain) == (3, 2, 2, 2))
    let rack = try ReadyMade.cluster("gb200-nvl72")
    let across = Group(ranks: Array(stride(from: 64, to: 96, by: 4)), on: rack)
    #expect((across.nodes, across.span, across.domains, across.ranksPerDomain) == (8, 8, 2, 6))
  }

  @Test(arguments: ReadyMade.names) func `more bytes never take less time, by the fastest way`(_ name: String) throws {
    let model = try model(name)
    for group in groups(of: model.cluster) {
      for kind in CollectiveKind.allCases {
        let times = try Self.sizes.map { try model.duration(of: kind, $0, among: group) }
        #expect(times == times.sorted())
      }
      let exchanges = try Self.sizes.map { try model.duration(ofAllToAll: $0, among: group) }
      #expect(exchanges == exchanges.sorted())
    }
  }

  @Test(arguments: ReadyMade.names) func `messages reach every GPU, and farther is never quicker than a neighbour`(
    _ name: String
  ) throws {
    let model = try model(name)
    let cluster = model.cluster
    let bytes = ByteCount(1 << 24)
    let near = try (1..<cluster.gpusPerNode).map { try model.duration(ofMessage: bytes, from: 0, to: $0) }
    guard cluster.network != nil else { return }
    for node in [1, 2, cluster.nodes - 1] {
      let far = try model.duration(ofMessage: bytes, from: 0, to: node * cluster.gpusPerNode)
      #expect(near.min()! <= far)
    }
    #expect(throws: NetworkError.self) { try model.duration(ofMessage: bytes, from: 2, to: 2) }
    #expect(throws: NetworkError.self) { try model.duration(ofMessage: bytes, from: 0, to: cluster.gpus) }
  }

  /// Large messages: bandwidth alone.
  @Test func `the cards of a node are shared by its groups, one card a rank`() throws {
    let model = try model("hgx-h100")
    let size = ByteCount(1 << 34)
    let times = try [1, 2, 4, 8].map {
      try model.duration(of: .allGather, size, among: model.cluster.group($0, nodes: 16)).seconds
    }
    for (quarter, half) in zip(times, times.dropFirst()) { #expect(abs(quarter / half - 2) < 0.1) }
  }

  @Test func `a rack of NVL72 needs no cards, and a group of one GPU in each rack has the card of its GPU`() throws {
    let (rack, cards) = (try model("gb200-nvl72"), ByteCount(1 << 32))
    let inside = try rack.duration(of: .allGather, cards, among: rack.cluster.group(4, nodes: 18))
    let apart = try rack.duration(of: .allGather, cards, among: rack.cluster.group(1, nodes: 4, span: 55))
    #expect(inside < apart)
    // 3/4 of the bytes over one card of 50 GB/s, of which the network's share is reached.
    #expect(apart.seconds > 0.75 * Double(1 << 32) / 50e9)
    #expect(apart.seconds < 0.75 * Double(1 << 32) / 50e9 * 1.4)
    let loads = try rack.loads(of: .allGather, cards, among: rack.cluster.group(4, nodes: 18))
    #expect(loads[.infiniband] == nil && loads[.nvlink] != nil)
  }

  /// Eighteen trays of four: trays 16 to 23 are of two racks.
  @Test func `a group that reaches into a second rack needs the network, as its messages do`() throws {
    let (model, bytes) = (try model("gb200-nvl72"), ByteCount(1 << 30))
    let across = Group(ranks: Array(stride(from: 64, to: 96, by: 4)), on: model.cluster)
    let within = Group(ranks: Array(stride(from: 32, to: 64, by: 4)), on: model.cluster)
    #expect(try model.loads(of: .allReduce, bytes, among: across)[.infiniband] != nil)
    #expect(try model.loads(of: .allReduce, bytes, among: within)[.infiniband] == nil)
    #expect(
      try model.duration(of: .allReduce, bytes, among: across) > model.duration(of: .allReduce, bytes, among: within))
    #expect(model.linkKind(from: 68, to: 72) == .infiniband && model.linkKind(from: 64, to: 68) == .nvlink)
  }

  /// A group of 8 + 4 sends 2 · 11/12 of its bytes, not 2 · 15/16.
  @Test func `a group that fills its last node in part sends what its ranks send`() throws {
    let model = try model("hgx-h100")
    let group = Group(ranks: Array(0..<12), on: model.cluster)
    let loads = try model.loads(of: .allGather, ByteCount(1 << 30), among: group)
    let sum = loads.values.reduce(0) { $0 + Double($1.value) }
    #expect(abs(sum - Double(1 << 30) * 11 / 12) <= 2)
  }

  @Test func `a message is charged to the link that it takes time on`() throws {
    let (mesh, bytes) = (try model("dgx-1v"), ByteCount(1 << 28))
    var kinds: [Link.Kind: [SimDuration]] = [:]
    for pair in [(0, 1), (0, 3), (3, 4), (0, 5)] {
      kinds[mesh.linkKind(from: pair.0, to: pair.1), default: []].append(
        try mesh.duration(ofMessage: bytes, from: pair.0, to: pair.1))
    }
    #expect(kinds[.nvlink]?.count == 2 && kinds[.pcie]?.count == 2)
    #expect(kinds[.nvlink]!.max()! < kinds[.pcie]!.min()!)
    let bridges = try model("ethernet-cluster")
    #expect(bridges.linkKind(from: 0, to: 1) == .nvlink && bridges.linkKind(from: 1, to: 2) == .ethernet)
  }

  @Test func `a link of half the bandwidth is never more than twice as slow, and its latency stays`() throws {
    let model = try model("hgx-h100")
    let groups = [model.cluster.group(8, nodes: 1), model.cluster.group(8, nodes: 4)]
    for (group, slowness) in zip(groups, [CommunicationModel.Slowness(link: 2), .init(cards: 2)]) {
      for bytes in Self.sizes {
        let usual = try model.duration(of: .allReduce, bytes, among: group).seconds
        let slow = try model.duration(of: .allReduce, bytes, among: group, slowness: slowness).seconds
        #expect(slow >= usual && slow <= 2 * usual)
        if bytes.value <= 1 { #expect(slow < 1.01 * usual) }
      }
    }
  }

  /// Three ranks a group on nodes of eight: the third group is of two nodes, and every stage waits for it.
  @Test func `ranks wait for the group that lies worst`() throws {
    let model = try model("hgx-h100")
    let mesh = Mesh([.tensor: 3, .data: 8])
    let placements = mesh.placements(of: 0, in: .tensor, on: model.cluster)
    #expect(Set(placements.map(\.nodes)) == [1, 2])
    #expect(Mesh([.tensor: 4, .data: 8]).placements(of: 0, in: .tensor, on: model.cluster).count == 1)
    let pairs = Mesh([.pipeline: 4, .data: 3]).messages(like: 0, to: 3, on: model.cluster)
    #expect(Set(pairs.map { model.linkKind(from: $0.from, to: $0.to) }) == [.nvlink])
    let mixed = Mesh([.pipeline: 4, .data: 3]).messages(like: 3, to: 6, on: model.cluster)
    #expect(Set(mixed.map { model.linkKind(from: $0.from, to: $0.to) }) == [.nvlink, .infiniband])
  }

  @Test func `sixteen GPUs of a DGX-2 are one node, and two nodes need their cards`() throws {
    let model = try model("dgx-2")
    let loads = try model.loads(of: .allGather, ByteCount(1 << 30), among: model.cluster.group(8, nodes: 2))
    #expect(loads[.infiniband] != nil)
  }

  @Test func `an oversubscribed leaf slows groups that leave it, and no others`() throws {
    var cluster = try ReadyMade.cluster("hgx-h100")
    let full = try CommunicationModel(cluster, ReadyMade.constants)
    cluster.network?.fabric = .railOptimised(.init(nodesPerLeaf: 32, oversubscription: 4))
    let thin = try CommunicationModel(cluster, ReadyMade.constants)
    let bytes = ByteCount(1 << 32)
    let apart = cluster.group(8, nodes: 4, span: 97)
    let together = cluster.group(8, nodes: 16)
    #expect(try thin.duration(of: .allReduce, bytes, among: apart) > full.duration(of: .allReduce, bytes, among: apart))
    #expect(
      try thin.duration(of: .allReduce, bytes, among: together) == full.duration(of: .allReduce, bytes, among: together)
    )
    let everyone = cluster.group(8, nodes: 128)
    #expect(try thin.duration(ofAllToAll: bytes, among: everyone) > full.duration(ofAllToAll: bytes, among: everyone))
    let (first, second) = try (
      thin.duration(ofMessage: bytes, from: 0, to: 256), full.duration(ofMessage: bytes, from: 0, to: 256)
    )
    #expect(first.seconds > 3 * second.seconds)
  }

  /// Two pairs below one switch without peer access share its way up; one pair alone has it to itself.
  @Test func `pairs below one PCIe switch share it, and bridged pairs do not`() throws {
    let (cluster, bytes) = (try ReadyMade.cluster("t4-cloud"), ByteCount(1 << 30))
    var alone = cluster
    alone.host.gpusPerSwitch = 2
    let shared = try CommunicationModel(cluster, ReadyMade.constants, choice: .fastest)
    let own = try CommunicationModel(alone, ReadyMade.constants, choice: .fastest)
    let pair = cluster.group(2, nodes: 1)
    let (slow, quick) = try (
      shared.duration(of: .allGather, bytes, among: pair).seconds,
      own.duration(of: .allGather, bytes, among: pair).seconds
    )
    #expect(abs(slow / quick - 2) < 0.01)
  }

  @Test func `a copy to the host takes its share of the PCIe switch`() throws {
    let (model, bytes) = (try model("hgx-h100"), ByteCount(1 << 30))
    // Two GPUs a switch, 52.5 GB/s upwards, 0.3 us and two links of 0.35 us.
    let seconds = 1e-6 + Double(1 << 30) / 26.25e9
    #expect(abs(model.duration(ofHostCopy: bytes).seconds - seconds) < 1e-12)
    #expect(model.duration(ofHostCopy: .zero) == .zero)
  }

  @Test func `loads add up to what a ring sends`() throws {
    for name in ReadyMade.names {
      let model = try model(name)
      for group in groups(of: model.cluster) where group.ranks > 1 {
        let loads = try model.loads(of: .allGather, ByteCount(1 << 30), among: group)
        let sum = loads.values.reduce(0) { $0 + Double($1.value) }
        let expected = Double(1 << 30) * Double(group.ranks - 1) / Double(group.ranks)
        #expect(abs(sum - expected) <= 2, "\(name) \(group)")
      }
    }
  }

  @Test func `tori and dragonflies slow what goes far, never a neighbour alone`() throws {
    var cluster = try ReadyMade.cluster("hgx-h100")
    let (bytes, pair) = (ByteCount(1 << 30), cluster.group(8, nodes: 2))
    let tree = try CommunicationModel(cluster, ReadyMade.constants)
    for fabric in [
      NetworkFabric.torus([8, 16], linksPerDirection: 8),
      .dragonfly(.init(nodesPerRouter: 4, routersPerGroup: 4, globalLinksPerRouter: 2)),
    ] {
      cluster.network?.fabric = fabric
      let model = try CommunicationModel(cluster, ReadyMade.constants)
      let near = try model.duration(of: .allGather, bytes, among: pair)
      #expect(near == (try tree.duration(of: .allGather, bytes, among: pair)))
      let far = cluster.group(8, nodes: 4, span: 100)
      #expect(try model.duration(of: .allGather, bytes, among: far) > tree.duration(of: .allGather, bytes, among: far))
      let all = cluster.group(8, nodes: 128)
      #expect(try model.duration(ofAllToAll: bytes, among: all) > tree.duration(ofAllToAll: bytes, among: all))
      let (next, across) = try (
        model.duration(ofMessage: bytes, from: 0, to: 8), model.duration(ofMessage: bytes, from: 0, to: 68 * 8)
      )
      #expect(next < across)
    }
  }

  @Test func `what a switch sums crosses each GPU's links once and a share`() throws {
    let model = try model("hgx-h100", choice: .tuner)
    let loads = try model.loads(of: .allReduce, ByteCount(1 << 30), among: model.cluster.group(8, nodes: 1))
    #expect(loads == [.nvlink: ByteCount((1 << 30) + (1 << 27))])
  }

  @Test(arguments: [("EFA 100", NodeNetwork.Family.efa), ("EFA v2 400", .efa2), ("GPUDirect-TCPX 200", .tcpx)])
  func `clouds' own fabrics have their own constants`(_ name: String, _ family: NodeNetwork.Family) throws {
    var cluster = try ReadyMade.cluster("hgx-h100")
    cluster.network?.link = try #require(try LinkCatalogue.builtIn().link(named: name))
    let interconnect = try ClusterInterconnect(cluster, ReadyMade.constants)
    #expect(interconnect.interconnect.network?.family == family && interconnect.substitutions.isEmpty)
    let (own, usual) = (try CommunicationModel(cluster, ReadyMade.constants), try model("hgx-h100", choice: .tuner))
    let group = cluster.group(8, nodes: 4)
    // At the ends of a small message, where clouds are slow.
    #expect(
      try own.duration(of: .allReduce, ByteCount(1024), among: group)
        > usual.duration(of: .allReduce, ByteCount(1024), among: group))
  }

  @Test func `a group that does not fit is refused`() throws {
    let model = try model("rtx4090-pcie-4")
    #expect(throws: NetworkError.self) {
      try model.duration(of: .allReduce, ByteCount(1), among: model.cluster.group(8, nodes: 1))
    }
    #expect(throws: NetworkError.self) {
      try model.duration(of: .allReduce, ByteCount(1), among: model.cluster.group(4, nodes: 2))
    }
  }

  private func groups(of cluster: ClusterDescription) -> [Group] {
    let nodes = cluster.network == nil ? [1] : [1, 2, cluster.nodes]
    return [1, 2, 4, cluster.gpusPerNode].filter { $0 <= cluster.gpusPerNode }.flatMap { ranks in
      nodes.map { cluster.group(ranks, nodes: $0) }
    }
  }
}

extension ClusterDescription {
  /// The first GPUs of nodes at equal distances, the last of them at the end of the span.
  fileprivate func group(_ ranksPerNode: Int, nodes: Int, span: Int? = nil) -> CommunicationModel.Group {
    let stride = nodes > 1 ? ((span ?? nodes) - 1) / (nodes - 1) : 1
    let places = (0..<nodes).map { $0 == nodes - 1 ? (span ?? nodes) - 1 : $0 * stride }
    return CommunicationModel.Group(
      ranks: places.flatMap { node in (0..<ranksPerNode).map { node * gpusPerNode + $0 } }, on: self)
  }
}
