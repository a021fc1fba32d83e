import Cluster
import Execution
import Mesh
import Planning
import Program
import Quantities
import Testing
import Training

/// What ranks offload, against the memory of the node on which it lies.
@Suite struct HostMemoryTests {
  private static let constants = try! Constants.builtIn()

  private static let offloading = [
    TracedRank(), TracedRank(data: 8), TracedRank(data: 8, zero: ZeROPlan(stage: 1)),
    TracedRank(data: 4, tensor: 2, zero: ZeROPlan(stage: 2)), TracedRank(data: 16, zero: ZeROPlan(stage: 3)),
    TracedRank(data: 2, tensor: 2, pipeline: 2, zero: ZeROPlan(stage: 1)), TracedRank(data: 4, pipeline: 4),
  ].map { rank in
    var rank = rank
    rank.zero.offloadsOptimizer = true
    return rank
  }

  private func mesh(_ rank: TracedRank) -> Mesh {
    Mesh([.pipeline: rank.pipeline, .data: rank.data, .tensor: rank.tensor])
  }

  private func estimate(
    _ rank: TracedRank, on cluster: ClusterDescription? = nil, host: ByteCount? = nil, gpu: ByteCount? = nil
  ) throws -> ClusterEstimate {
    var cluster = try cluster ?? ClusterDescription.hgxH100(gpus: mesh(rank).count)
    cluster.host.memory = host ?? cluster.host.memory
    cluster.gpu.memory = gpu ?? cluster.gpu.memory
    return try ClusterEstimate(Scenario(plan: rank.plan, mesh: mesh(rank), cluster: cluster), Self.constants)
  }

  @Test(arguments: offloading)
  func `a node has what its ranks' own books say, and no node has more`(rank: TracedRank) throws {
    let host = try #require(try estimate(rank).verdict.host)
    let nodes = stride(from: 0, to: mesh(rank).count, by: 8).map { $0..<min($0 + 8, mesh(rank).count) }
    let sums = try nodes.map { ranks in
      try ranks.reduce(ByteCount.zero) { sum, number in
        var other = rank
        other.rank = number
        return sum + (try other.step().ledger.peak[.offloaded])!
      }
    }
    #expect(host.used == sums.max() && host.used == sums[host.node])
    #expect(host.ranks == nodes[host.node].count)
  }

  @Test(arguments: offloading)
  func `it fits up to the last byte of the host, and one byte less does not`(rank: TracedRank) throws {
    let whole = try estimate(rank).verdict
    let used = try #require(whole.host).used
    let exact = try estimate(rank, host: used).verdict
    #expect(whole.fits && exact.fits && exact.host?.free == .zero)
    let lacks = try estimate(rank, host: used - ByteCount(1)).verdict
    #expect(lacks.host?.free == ByteCount(-1) && lacks.free == whole.free)
    #expect(lacks.shortages.map(\.missing) == [ByteCount(1)])
  }

  @Test(arguments: TracedRank.all)
  func `offload never takes more of the GPU, and without it the host has nothing`(rank: TracedRank) throws {
    var (stays, leaves) = (rank, rank)
    (stays.zero.offloadsOptimizer, leaves.zero.offloadsOptimizer) = (false, true)
    #expect(try leaves.memory().peakTotal <= stays.memory().peakTotal)
    #expect(try leaves.step().ledger.peak[.offloaded]! >= stays.step().ledger.live[.optimizer]!)
    #expect(try stays.step().ledger.peak[.offloaded] == nil)
  }

  @Test func `without offload a host may have as little memory as it likes`() throws {
    let verdict = try estimate(TracedRank(data: 8), host: ByteCount(1)).verdict
    #expect(verdict.fits && verdict.host == nil)
  }

  @Test func `a host that is too small names its node, the moment and the ways out`() throws {
    let replicas = ZeROPlan(offloadsOptimizer: true)
    let verdict = try estimate(TracedRank(data: 8, zero: replicas), host: ByteCount(1)).verdict
    let shortage = try #require(verdict.shortage)
    #expect(shortage.place == .host(ranks: 8) && shortage.largest == .offloaded)
    #expect(verdict.description.hasPrefix("out of memory: the host of node 0 lacks "))
    #expect(verdict.description.contains(" of 1 B in the phase optimizer; 8 ranks keep"))
    let ways = ["no offload: ", "ZeRO stage 1: optimizer state over 8 ranks", "2 pipeline stages", "host.memory of "]
    for way in ways { #expect(shortage.advice.contains { $0.action.hasPrefix(way) }, "\(way)") }
    #expect(shortage.advice.filter(\.suffices).count == 2)
    let sharded = ZeROPlan(stage: 1, offloadsOptimizer: true)
    let other = try #require(try estimate(TracedRank(data: 8, zero: sharded), host: ByteCount(1)).verdict.shortage)
    #expect(other.advice.contains { $0.action.hasPrefix("optimizer state over 16 ranks") && $0.isAtMost })
    #expect(!other.advice.contains { $0.action.hasPrefix("ZeRO stage 1") })
  }

  @Test func `where the GPUs are full as well both are told, and the state cannot go back to them`() throws {
    let rank = TracedRank(data: 8, zero: ZeROPlan(stage: 1, offloadsOptimizer: true))
    let verdict = try estimate(rank, host: ByteCount(1), gpu: ByteCount(1)).verdict
    #expect(verdict.shortages.map(\.place) == [.gpu, .host(ranks: 8)])
    #expect(!verdict.shortages[1].advice.contains { $0.action.hasPrefix("no offload") })
  }

  @Test func `the moment is one at which the rank keeps the most there`() throws {
    let host = try #require(try estimate(TracedRank(zero: ZeROPlan(offloadsOptimizer: true))).verdict.host)
    #expect(host.most.moment == StepMoment(phase: "optimizer"))
  }

  @Test func `a cluster's NVLink says how far tensor parallelism is advised`() throws {
    let rank = TracedRank(data: 2, tensor: 2)
    let advised = { (cluster: ClusterDescription) in
      try estimate(rank, on: cluster, gpu: ByteCount(1)).verdict.shortage!.advice.map(\.action)
    }
    #expect(try advised(.hgxH100(gpus: 4)).contains("tensor parallelism 4"))
    #expect(try !advised(.builtIn(named: "ethernet-cluster")).contains("tensor parallelism 4"))
  }
}
