import NetworkModel
import Quantities
import Testing

@Suite struct CollectiveModelTests {
  private let constants: NetworkConstants
  init() throws { constants = try NetworkConstants.builtIn() }

  @Test func `the worked example`() throws {
    let model = try CollectiveModel(Interconnect(NodeLink(.nvlink3)), constants)
    let time = try model.time(of: CollectiveRequest(.allReduce, ByteCount(1 << 30), ranksPerNode: 4))
    #expect(time.algorithm == .ring && time.wireProtocol == .simple)
    #expect(abs(time.seconds * 1e6 - 7287) < 2 && abs(time.bandwidthPart * 1e6 - 7125) < 2)
  }

  struct Measured: Sendable {
    var interconnect: Interconnect
    var request: CollectiveRequest
    var microseconds: Double
  }

  /// nccl-tests on A100, H100, B200, GB200, L40S, and 12 nodes of H100 on InfiniBand: from collectives.csv.
  static let measured = [
    measured(NodeLink(.nvlink3), .reduceScatter, 1 << 29, 8, 2207.1),
    measured(NodeLink(.nvlink4), .allReduce, 1 << 34, 8, 62_648),
    measured(NodeLink(.nvlink4), .allGather, 1 << 16, 8, 13.1),
    measured(NodeLink(.nvlink5), .allToAll, 1 << 28, 8, 437.7),
    measured(NodeLink(.nvlink5), .allReduce, 1 << 12, 4, 16.1),
    measured(NodeLink(.pcie4), .allReduce, 1 << 28, 2, 13_373),
    Measured(
      interconnect: Interconnect(NodeLink(.nvlink4), network: NodeNetwork(.infiniband, bandwidth: Bandwidth(400e9))),
      request: CollectiveRequest(.allReduce, ByteCount(1 << 33), ranksPerNode: 8, nodes: 12), microseconds: 43_980),
  ]

  private static func measured(
    _ link: NodeLink, _ kind: CollectiveRequest.Kind, _ bytes: Int, _ ranks: Int, _ microseconds: Double
  ) -> Measured {
    Measured(
      interconnect: Interconnect(link), request: CollectiveRequest(kind, ByteCount(bytes), ranksPerNode: ranks),
      microseconds: microseconds)
  }

  @Test(arguments: measured) func `measured times come out`(row: Measured) throws {
    let seconds = try CollectiveModel(row.interconnect, constants).time(of: row.request).seconds
    #expect(abs(seconds * 1e6 / row.microseconds - 1) < 0.1, "\(seconds * 1e6)")
  }

  @Test func `several nodes without a network are refused`() throws {
    let model = try CollectiveModel(Interconnect(NodeLink(.nvlink4)), constants)
    #expect(throws: NetworkError.self) {
      try model.time(of: CollectiveRequest(.allReduce, ByteCount(1024), ranksPerNode: 8, nodes: 2))
    }
    #expect(throws: NetworkError.self) {
      try model.time(of: CollectiveRequest(.allGather, ByteCount(1024), ranksPerNode: 8), algorithm: .inSwitch)
    }
  }

  @Test func `a rack of NVL72 needs no network, and one rank no time`() throws {
    let model = try CollectiveModel(Interconnect(NodeLink(.nvlink5, domain: 72)), constants)
    let rack = try model.time(of: CollectiveRequest(.allReduce, ByteCount(1 << 33), ranksPerNode: 4, nodes: 18))
    #expect(rack.algorithm == .inSwitch)
    #expect(try model.time(of: CollectiveRequest(.allReduce, ByteCount(1024), ranksPerNode: 1)).seconds == 0)
  }
}
