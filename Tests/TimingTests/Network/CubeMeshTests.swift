import Cluster
import Collectives
import NetworkModel
import Quantities
import Testing
import Timing

/// A DGX-1V's collectives run over rings that its topology has: each rank's buffer is cut, and every ring takes its part.
@Suite struct CubeMeshTests {
  private func run(_ ranks: Int, bytes: Int) throws -> (rings: Int, busBandwidth: Double, carried: [Int: ByteCount]) {
    let cluster = try ReadyMade.cluster("dgx-1v", gpus: 8)
    let link = try ClusterInterconnect(cluster, ReadyMade.constants).interconnect.link
    let orders = try #require(link.mesh).ringOrders(over: Array(0..<ranks))
    let share = bytes / orders.count / (4 * ranks) * (4 * ranks)
    let groups = orders.map { order in
      CollectiveSimulation.Group(
        MessagePattern(
          CollectiveSchedule(.allReduce, algorithm: .ring, ranks: ranks, count: share / 4), of: .float32), on: order)
    }
    let result = try CollectiveSimulation(Topology(cluster)).run(groups)
    let volume = Double(share * orders.count) * 2 * Double(ranks - 1) / Double(ranks)
    return (orders.count, volume / result.makespan.seconds, result.carried)
  }

  /// 20 GB/s of payload a link and direction.
  @Test(arguments: [(2, 1, 20e9), (4, 4, 80e9), (8, 6, 120e9)])
  func `two, four and eight GPUs reach the bandwidth of their rings`(
    ranks: Int, rings: Int, bandwidth: Double
  ) throws {
    let result = try run(ranks, bytes: 1 << 30)
    #expect(result.rings == rings)
    #expect(result.busBandwidth <= bandwidth * (1 + 1e-9))
    #expect(result.busBandwidth > bandwidth * 0.99)
  }

  @Test func `eight ranks use all six links of every GPU alike, and nothing but NVLink`() throws {
    let cluster = try ReadyMade.cluster("dgx-1v", gpus: 8)
    let topology = Topology(cluster)
    let result = try run(8, bytes: 1 << 30)
    #expect(result.carried.keys.allSatisfy { topology.links[$0].kind == .nvlink })
    var leaving = Array(repeating: 0, count: 8)
    for (link, bytes) in result.carried { leaving[topology.links[link].from] += bytes.value }
    #expect(Set(leaving).count == 1)
    // Two links side by side carry twice what one does.
    let perLink = result.carried.map { Double($1.value) / topology.links[$0].bandwidth.bytesPerSecond }
    #expect(perLink.max()! / perLink.min()! < 1 + 1e-9)
  }
}
