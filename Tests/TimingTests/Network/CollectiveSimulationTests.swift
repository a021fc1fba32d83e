import Cluster
import Collectives
import NetworkModel
import Quantities
import Testing
import Timing

@Suite struct CollectiveSimulationTests {
  private typealias Group = CollectiveSimulation.Group
  private typealias Options = CollectiveSimulation.Options

  struct Machine: CustomTestStringConvertible, Sendable {
    var cluster: String
    var gpus: Int
    var testDescription: String { "\(gpus) of \(cluster)" }
  }

  /// Switches, racks of NVLink, a mesh, PCIe with and without peer access, bridges; one node and several.
  static let machines = [
    Machine(cluster: "hgx-h100", gpus: 8), Machine(cluster: "hgx-h100", gpus: 64),
    Machine(cluster: "gb200-nvl72", gpus: 32), Machine(cluster: "dgx-1v", gpus: 16),
    Machine(cluster: "dgx-2", gpus: 32), Machine(cluster: "l40s-8", gpus: 16), Machine(cluster: "t4-cloud", gpus: 8),
    Machine(cluster: "ethernet-cluster", gpus: 16), Machine(cluster: "rtx4090-pcie-4", gpus: 4),
  ]

  @Test(arguments: machines, Way.allCases)
  func `folded and unfolded agree to the picosecond, rank by rank and link by link`(machine: Machine, way: Way) throws {
    let simulation = try ReadyMade.simulation(machine.cluster, gpus: machine.gpus)
    let perNode = simulation.topology.description.gpusPerNode
    for bytes in [machine.gpus * 4096, 4 * (machine.gpus * 1000 + 3)] {
      let pattern = way.pattern(ranks: machine.gpus, perNode: perNode, bytes: bytes)
      let group = [Group(pattern, on: Array(0..<machine.gpus))]
      let folded = try simulation.run(group)
      let unfolded = try simulation.run(group, Options(folds: false))
      #expect(folded.ends == unfolded.ends && folded.makespan == unfolded.makespan)
      #expect(folded.carried == unfolded.carried)
      #expect(folded.classes <= unfolded.classes && unfolded.classes == machine.gpus)
      let events = try simulation.run(group, Options(usesEventsAlways: true))
      let everyEvent = try simulation.run(group, Options(folds: false, usesEventsAlways: true))
      #expect(events.ends == everyEvent.ends && events.carried == everyEvent.carried)
    }
  }

  @Test(arguments: machines, Way.allCases)
  func `links carry what the schedule sends over their routes, all of it`(machine: Machine, way: Way) throws {
    let simulation = try ReadyMade.simulation(machine.cluster, gpus: machine.gpus)
    let topology = simulation.topology
    let pattern = way.pattern(
      ranks: machine.gpus, perNode: topology.description.gpusPerNode, bytes: machine.gpus * 4096)
    let result = try simulation.run([Group(pattern, on: Array(0..<machine.gpus))], Options(usesEventsAlways: true))
    // Every link of a route carries the message.
    var sent = 0
    for phase in pattern.phases {
      for message in phase.messages {
        sent += topology.route(from: message.from, to: message.to).count * message.bytes.value * phase.repeats
      }
    }
    #expect(result.carried.values.reduce(0) { $0 + $1.value } == sent)
    #expect(sent > 0)
  }

  @Test(arguments: machines, Way.allCases)
  func `where nobody shares a link, the queue and the recurrence agree within a picosecond a message`(
    machine: Machine, way: Way
  ) throws {
    let simulation = try ReadyMade.simulation(machine.cluster, gpus: machine.gpus)
    let pattern = way.pattern(
      ranks: machine.gpus, perNode: simulation.topology.description.gpusPerNode, bytes: machine.gpus * 40_960)
    let group = [Group(pattern, on: Array(0..<machine.gpus))]
    let quick = try simulation.run(group)
    let events = try simulation.run(group, Options(usesEventsAlways: true))
    let phases = pattern.phases.reduce(0) { $0 + $1.repeats }
    for (own, other) in zip(quick.ends[0], events.ends[0]) {
      #expect(abs(own.picoseconds - other.picoseconds) <= phases)
    }
  }

  @Test(arguments: [("hgx-h100", 8), ("dgx-a100-80", 8), ("dgx-2", 16)], [Way.ring, .recursive, .tree])
  func `rings, recursion and trees behind a switch take steps of latency and their volume`(
    _ machine: (name: String, ranks: Int), way: Way
  ) throws {
    try expectAlphaBeta(machine.name, way, on: Array(0..<machine.ranks))
  }

  /// 32 nodes below one set of leaves: rails whose ports nobody shares.
  @Test(arguments: [Way.ring, .recursive, .tree])
  func `the same between nodes on one rail`(way: Way) throws {
    try expectAlphaBeta("hgx-h100", way, on: (0..<32).map { $0 * 8 + 3 })
  }

  /// `steps · (overhead + Σ latency) + volume / achieved`, where all messages have routes of one kind.
  private func expectAlphaBeta(_ name: String, _ way: Way, on gpus: [Int]) throws {
    let simulation = try ReadyMade.simulation(name, gpus: name == "hgx-h100" ? 256 : gpus.count)
    let topology = simulation.topology
    let route = topology.route(from: gpus[0], to: gpus[1])
    let (alpha, rate) = (topology.latency(along: route).seconds, topology.achieved(along: route)!.bytesPerSecond)
    for bytes in [1 << 12, 1 << 20, 1 << 28] {
      let group = [Group(way.pattern(ranks: gpus.count, perNode: 8, bytes: bytes), on: gpus)]
      let (steps, volume) = alphaBeta(gpus.count)[way]!
      let ideal = Double(steps) * alpha + volume * Double(bytes) / rate
      for options in [Options(), Options(usesEventsAlways: true)] {
        let result = try simulation.run(group, options)
        #expect(!result.isShared)
        #expect(abs(result.makespan.seconds / ideal - 1) < 1e-5, "\(result.makespan), not \(ideal) s")
      }
    }
  }

  /// Steps, and volume over the buffer, of an all-reduce over N = 2^k ranks.
  private func alphaBeta(_ ranks: Int) -> [Way: (steps: Int, volume: Double)] {
    let (n, depth) = (Double(ranks), ranks.trailingZeroBitCount)
    return [
      .ring: (2 * (ranks - 1), 2 * (n - 1) / n), .recursive: (2 * depth, 2 * (n - 1) / n),
      .tree: (2 * depth, 2 * Double(depth)),
    ]
  }

  @Test(arguments: Way.allCases)
  func `eight rails at once are as quick as one, and a shared card is eight times slower`(way: Way) throws {
    let rails = try ReadyMade.simulation("hgx-h100", gpus: 64)
    let groups = (0..<8).map { rail in
      Group(way.pattern(ranks: 8, perNode: 8, bytes: 1 << 28), on: (0..<8).map { $0 * 8 + rail })
    }
    let (one, all) = (try rails.run([groups[0]]), try rails.run(groups))
    #expect(one.makespan == all.makespan)
    var cluster = rails.topology.description
    cluster.network?.nicsPerNode = 1
    let thin = try CollectiveSimulation(Topology(cluster)).run(groups)
    #expect(thin.isShared)
    if way == .ring {
      let ratio = thin.makespan / one.makespan
      #expect(abs(ratio / 8 - 1) < 0.01, "\(ratio)")
    }
    let unfolded = try CollectiveSimulation(Topology(cluster)).run(groups, Options(folds: false))
    #expect(unfolded.ends == thin.ends && unfolded.carried == thin.carried)
  }

  @Test(arguments: machines, Way.allCases)
  func `faster links never take longer, more latency never less, more bytes never less`(
    machine: Machine, way: Way
  ) throws {
    let cluster = try ReadyMade.cluster(machine.cluster, gpus: machine.gpus)
    func time(_ speed: Double, _ bytes: Int) throws -> SimDuration {
      let quick = cluster.scaled(by: speed)
      let pattern = way.pattern(ranks: machine.gpus, perNode: cluster.gpusPerNode, bytes: bytes)
      return try CollectiveSimulation(Topology(quick)).run([Group(pattern, on: Array(0..<machine.gpus))]).makespan
    }
    let bytes = machine.gpus * 40_960
    let base = try time(1, bytes)
    #expect(try time(1.5, bytes) < base)
    #expect(try time(4, bytes) < time(1.5, bytes))
    #expect(try time(1, 2 * bytes) > base)
  }

  @Test(arguments: [Way.ring, .tree, .chain, .hierarchical])
  func `more ranks never take less time`(way: Way) throws {
    let simulation = try ReadyMade.simulation("hgx-h100", gpus: 256)
    let times = try [2, 4, 8, 16, 32, 64, 128, 256].map { ranks in
      try simulation.run([Group(way.pattern(ranks: ranks, perNode: 8, bytes: 1 << 24), on: Array(0..<ranks))]).makespan
    }
    for (fewer, more) in zip(times, times.dropFirst()) { #expect(fewer < more) }
  }

  @Test func `pieces make a pipeline of a tree`() throws {
    let simulation = try ReadyMade.simulation("hgx-h100", gpus: 8)
    let pattern = Way.tree.pattern(ranks: 8, perNode: 8, bytes: 1 << 28)
    let group = [Group(pattern, on: Array(0..<8))]
    let whole = try simulation.run(group).makespan
    let pieces = try simulation.run(group, Options(pieces: 32))
    let plain = try simulation.run(group, Options(folds: false, pieces: 32))
    #expect(pieces.makespan < whole && pieces.ends == plain.ends)
    // The root's link brings three times the buffer in and takes it out, one after the other at most half overlapped.
    #expect(pieces.makespan.seconds > 3 * Double(1 << 28) / 371e9)
    #expect(pieces.carried == (try simulation.run(group)).carried)
    #expect(throws: NetworkError.self) { try simulation.run(group, Options(pieces: 7)) }
  }

  @Test func `a switch that adds up carries the buffer once and a share`() throws {
    let simulation = try ReadyMade.simulation("hgx-h100", gpus: 16)
    let bytes = ByteCount(1 << 30)
    let pattern = MessagePattern.inSwitchAllReduce(bytes, ranks: 8)
    let result = try simulation.run([Group(pattern, on: Array(0..<8))])
    let ideal = 1e-6 + 1.125 * Double(1 << 30) / 371e9
    #expect(abs(result.makespan.seconds / ideal - 1) < 1e-9)
    #expect(result.carried.count == 16 && result.classes == 1)
    #expect(throws: NetworkError.self) { try simulation.run([Group(pattern, on: Array(4..<12))]) }
    let plain = try ReadyMade.simulation("dgx-a100-80", gpus: 8)
    #expect(throws: NetworkError.self) { try plain.run([Group(pattern, on: Array(0..<8))]) }
  }

  @Test func `a thousand ranks fold into the ranks of one leaf, and a lone ring of the switch into one`() throws {
    let simulation = try ReadyMade.simulation("hgx-h100", gpus: 1024)
    let pattern = Way.ring.pattern(ranks: 1024, perNode: 8, bytes: 1 << 30)
    let result = try simulation.run([Group(pattern, on: Array(0..<1024))])
    #expect(result.classes == 256 && !result.isShared)
    let small = try simulation.run([Group(Way.ring.pattern(ranks: 8, perNode: 8, bytes: 1 << 20), on: Array(0..<8))])
    #expect(small.classes == 1)
  }

  @Test func `groups that do not fit are refused`() throws {
    let simulation = try ReadyMade.simulation("rtx4090-pcie-4", gpus: 4)
    let pattern = Way.ring.pattern(ranks: 4, perNode: 4, bytes: 1 << 10)
    for gpus in [[0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 4]] {
      #expect(throws: NetworkError.self) { try simulation.run([Group(pattern, on: gpus)]) }
    }
  }
}

extension ClusterDescription {
  /// All links so many times as fast, with the same latencies.
  func scaled(by factor: Double) -> ClusterDescription {
    var cluster = self
    cluster.host.gpuLink.scale(factor)
    cluster.host.nicLink.scale(factor)
    cluster.host.socketLink?.scale(factor)
    cluster.network?.link.scale(factor)
    cluster.gpu.nvlink = gpu.nvlink.map { Bandwidth($0.bytesPerSecond * factor) }
    switch nodeFabric {
    case .nvSwitch(var link, let reduces, let nodes):
      link.scale(factor)
      cluster.nodeFabric = .nvSwitch(link, reduces: reduces, nodesPerDomain: nodes)
    case .mesh(var link, let pairs):
      link.scale(factor)
      cluster.nodeFabric = .mesh(link, pairs)
    case .fullMesh(var link, let links):
      link.scale(factor)
      cluster.nodeFabric = .fullMesh(link, linksPerPair: links)
    case .bridges(var link, let pairs):
      link.scale(factor)
      cluster.nodeFabric = .bridges(link, pairs)
    case .pcie: break
    }
    return cluster
  }
}

extension Link {
  fileprivate mutating func scale(_ factor: Double) {
    bandwidth = Bandwidth(bandwidth.bytesPerSecond * factor)
    achieved = Bandwidth(achieved.bytesPerSecond * factor)
  }
}
