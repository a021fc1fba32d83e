import NetworkModel
import Quantities
import Testing

@Suite struct GroupShareTests {
  private let constants: NetworkConstants
  init() throws { constants = try NetworkConstants.builtIn() }

  @Test func `a share of a link is a link of that bandwidth, and a share of cards fewer cards`() throws {
    let network = NodeNetwork(.infiniband, bandwidth: Bandwidth(400e9))
    let whole = try CollectiveModel(Interconnect(NodeLink(.nvlink4), network: network), constants)
    let half = Bandwidth(225e9)
    let less = try CollectiveModel(
      Interconnect(
        NodeLink(.nvlink4, bandwidth: half), network: NodeNetwork(.infiniband, bandwidth: Bandwidth(100e9))), constants)
    for kind in CollectiveRequest.Kind.allCases {
      for (perNode, nodes) in [(8, 1), (8, 4)] {
        let request = CollectiveRequest(kind, ByteCount(1 << 26), ranksPerNode: perNode, nodes: nodes)
        let share = GroupShare(link: 0.5, cards: 0.25)
        let (shared, own) = try (whole.time(of: request, share: share).seconds, less.time(of: request).seconds)
        #expect(abs(shared / own - 1) < 1e-12)
      }
    }
  }

  @Test func `a group that lies loosely in racks needs the network that a packed one does not`() throws {
    let model = try CollectiveModel(Interconnect(NodeLink(.nvlink5, domain: 72)), constants)
    let request = CollectiveRequest(.allGather, ByteCount(1 << 26), ranksPerNode: 1, nodes: 8)
    #expect(try model.time(of: request).seconds > 0)
    #expect(throws: NetworkError.self) { try model.time(of: request, share: GroupShare(domains: .init(4, ranks: 2))) }
  }

  @Test func `a domain of one node ends with it, however many GPUs it has`() throws {
    let link = NodeLink(.nvlink3, domain: 16, spansNodes: false)
    let model = try CollectiveModel(Interconnect(link), constants)
    #expect(throws: NetworkError.self) {
      try model.time(of: CollectiveRequest(.allGather, ByteCount(1 << 20), ranksPerNode: 8, nodes: 2))
    }
  }

  @Test func `a family without constants names whose it takes`() throws {
    #expect(constants.source(of: NodeLink.Family.nvlink2) == .nvlink3)
    #expect(constants.source(of: NodeLink.Family.nvlink4) == .nvlink4)
    #expect(constants.source(of: NodeNetwork.Family.roce) == .roce)
    let none = NetworkConstants(provenance: [], links: [:], networks: [:])
    #expect(none.source(of: NodeLink.Family.pcie3) == nil && none.source(of: NodeNetwork.Family.efa) == nil)
  }
}
