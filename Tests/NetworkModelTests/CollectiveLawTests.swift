import NetworkModel
import Quantities
import Testing

/// Machines of every family, and of every network.
let interconnects: [Interconnect] =
  NodeLink.Family.allCases.map { Interconnect(NodeLink($0, domain: 16_384)) }
  + [
    Interconnect(NodeLink(.nvlink2, mesh: .cubeMesh)),
    Interconnect(NodeLink(.nvlink3, mesh: .full(4, linksPerPair: 4))),
    Interconnect(NodeLink(.pcie4), bridge: NodeLink(.nvlink3)), Interconnect(NodeLink(.nvlink5, domain: 72)),
  ]

/// The same with cards between nodes of eight.
let clusters: [Interconnect] = NodeNetwork.Family.allCases.flatMap { family in
  [NodeLink.Family.nvlink3, .nvlink4, .nvlink5, .pcie4].map {
    Interconnect(NodeLink($0), network: NodeNetwork(family, bandwidth: Bandwidth(400e9)))
  }
}

@Suite struct CollectiveLawTests {
  private let constants: NetworkConstants
  init() throws { constants = try NetworkConstants.builtIn() }

  private static let sizes = (0...40).map { ByteCount(1 << $0) }

  private func seconds(
    _ model: CollectiveModel, _ kind: CollectiveRequest.Kind, _ bytes: ByteCount, _ ranks: Int,
    _ algorithm: CollectiveTime.Algorithm? = nil, _ wireProtocol: CollectiveTime.WireProtocol? = nil
  ) throws -> Double {
    let request = CollectiveRequest(kind, bytes, ranksPerNode: ranks)
    return try model.time(of: request, algorithm: algorithm, wireProtocol: wireProtocol).seconds
  }

  @Test(arguments: clusters)
  func `times are positive and finite from one byte to a TiB, from 2 to 16,384 ranks`(interconnect: Interconnect) throws
  {
    let model = try CollectiveModel(interconnect, constants)
    for kind in CollectiveRequest.Kind.allCases {
      for (perNode, nodes) in [(2, 1), (8, 1), (1, 2), (8, 2), (4, 3), (8, 128), (8, 2048)] {
        for bytes in Self.sizes {
          let time = try model.time(of: CollectiveRequest(kind, bytes, ranksPerNode: perNode, nodes: nodes))
          #expect(time.seconds > 0 && time.seconds.isFinite, "\(kind) of \(bytes) on \(nodes) × \(perNode)")
          #expect(time.latencyPart >= -1e-9 * time.seconds && time.bandwidthPart > 0)
        }
      }
    }
  }

  @Test(arguments: interconnects)
  func `a ring's all-reduce is no longer than its reduce-scatter and all-gather`(interconnect: Interconnect) throws {
    let model = try CollectiveModel(interconnect, constants)
    for wireProtocol in CollectiveTime.WireProtocol.allCases {
      for ranks in [2, 3, 4, 8, 64, 1024] {
        for bytes in Self.sizes {
          let whole = try seconds(model, .allReduce, bytes, ranks, .ring, wireProtocol)
          let scatter = try seconds(model, .reduceScatter, bytes, ranks, .ring, wireProtocol)
          let gather = try seconds(model, .allGather, bytes, ranks, .ring, wireProtocol)
          #expect(whole <= 1.01 * (scatter + gather), "\(wireProtocol) \(bytes) on \(ranks)")
        }
      }
    }
  }

  @Test(arguments: interconnects + clusters)
  func `more bytes never take less time`(interconnect: Interconnect) throws {
    let model = try CollectiveModel(interconnect, constants)
    for kind in CollectiveRequest.Kind.allCases {
      for ranks in [2, 4, 8] {
        var last = 0.0
        for bytes in stride(from: 0, through: 40, by: 0.25).map({ ByteCount(Int(pow2($0))) }) {
          let next = try seconds(model, kind, bytes, ranks)
          #expect(next >= last * (1 - 1e-12), "\(kind) of \(bytes) on \(ranks)")
          last = next
        }
      }
    }
  }

  @Test(arguments: interconnects.filter { $0.link.mesh == nil && $0.bridge == nil })
  func `more ranks in a ring never take less time`(interconnect: Interconnect) throws {
    let model = try CollectiveModel(interconnect, constants)
    for kind in [CollectiveRequest.Kind.allReduce, .allGather, .reduceScatter, .broadcast] {
      for wireProtocol in CollectiveTime.WireProtocol.allCases {
        for bytes in Self.sizes {
          var last = 0.0
          for ranks in [2, 3, 4, 5, 8, 16, 64, 72, 1024, 16_384] {
            let next = try seconds(model, kind, bytes, ranks, .ring, wireProtocol)
            #expect(next >= last * (1 - 1e-12), "\(kind) \(wireProtocol) of \(bytes) on \(ranks)")
            last = next
          }
        }
      }
    }
  }

  @Test(arguments: interconnects.filter { $0.link.mesh == nil && $0.bridge == nil })
  func `no ring is faster than its bytes on the link`(interconnect: Interconnect) throws {
    let model = try CollectiveModel(interconnect, constants)
    for kind in CollectiveRequest.Kind.allCases {
      for ranks in [2, 4, 8, 72] {
        for bytes in Self.sizes {
          let request = CollectiveRequest(kind, bytes, ranksPerNode: ranks)
          let isPairwise = kind == .allToAll || kind == .sendReceive
          let time = try model.time(of: request, algorithm: isPairwise ? .pairwise : .ring)
          let bare = request.busFactor * Double(bytes.value) / interconnect.link.bandwidth.bytesPerSecond
          #expect(time.seconds >= bare)
          #expect(abs(model.ideal(request) - bare) <= 1e-12 * bare)
        }
      }
    }
  }

  @Test(arguments: clusters)
  func `faster links and faster cards never take more time by the fastest way`(interconnect: Interconnect) throws {
    var (quickLink, quickCards) = (interconnect, interconnect)
    quickLink.link.bandwidth = Bandwidth(interconnect.link.bandwidth.bytesPerSecond * 2)
    quickCards.network!.bandwidth = Bandwidth(interconnect.network!.bandwidth.bytesPerSecond * 2)
    let model = try CollectiveModel(interconnect, constants, choice: .fastest)
    for quicker in [quickLink, quickCards] {
      let other = try CollectiveModel(quicker, constants, choice: .fastest)
      for kind in CollectiveRequest.Kind.allCases {
        for (perNode, nodes) in [(2, 1), (8, 1), (8, 2), (8, 16)] {
          for bytes in Self.sizes {
            let request = CollectiveRequest(kind, bytes, ranksPerNode: perNode, nodes: nodes)
            let (slow, quick) = (try model.time(of: request), try other.time(of: request))
            #expect(quick.seconds <= slow.seconds * (1 + 1e-12), "\(kind) of \(bytes) on \(nodes) × \(perNode)")
          }
        }
      }
    }
  }

  @Test(arguments: clusters)
  func `the tuner's way is never faster than the fastest`(interconnect: Interconnect) throws {
    let tuner = try CollectiveModel(interconnect, constants)
    let fastest = try CollectiveModel(interconnect, constants, choice: .fastest)
    for kind in CollectiveRequest.Kind.allCases {
      for bytes in Self.sizes {
        let request = CollectiveRequest(kind, bytes, ranksPerNode: 8, nodes: 2)
        #expect(try fastest.time(of: request).seconds <= tuner.time(of: request).seconds)
      }
    }
  }
}

private func pow2(_ exponent: Double) -> Double {
  let whole = exponent.rounded(.down)
  return Double(sign: .plus, exponent: Int(whole), significand: 1) * (1 + (exponent - whole))
}
