import Cluster
import Quantities
import Testing

extension Topology {
  func kinds(_ route: [Int]) -> [Vertex.Kind] {
    route.isEmpty ? [] : [vertices[links[route[0]].from].kind] + route.map { vertices[links[$0].to].kind }
  }
}

@Suite struct TopologyTests {
  private func topology(_ name: String, gpus: Int) throws -> Topology {
    try Topology(ClusterFiles.read(name).resized(gpus: gpus))
  }

  @Test func `in a DGX-1V each GPU has six links to four neighbours`() throws {
    let topology = try topology("dgx-1v.yaml", gpus: 8)
    for gpu in 0..<8 {
      let own = topology.links.filter { $0.from == gpu && $0.kind == .nvlink }
      #expect(Set(own.map(\.to)).count == 4)
      #expect(own.reduce(0) { $0 + $1.bandwidth.bytesPerSecond }.rounded() == 150e9)
    }
  }

  @Test func `in a DGX-1V a neighbour is one hop away, any other GPU two, by the wider peer`() throws {
    let topology = try topology("dgx-1v.yaml", gpus: 8)
    for from in 0..<8 {
      let neighbours = Set(topology.links.filter { $0.from == from && $0.kind == .nvlink }.map(\.to))
      for to in 0..<8 where to != from {
        let route = topology.route(from: from, to: to)
        #expect(route.count == (neighbours.contains(to) ? 1 : 2))
        #expect(route.allSatisfy { topology.links[$0].kind == .nvlink })
      }
    }
    // 0 to 6: by GPU 2 or 4 only one link wide; 0 to 7: by GPUs 3 or 4, of which the way over 4 has two links throughout.
    #expect(topology.links[topology.route(from: 0, to: 7)[0]].to == 4)
  }

  @Test(arguments: ["dgx-2.yaml", "dgx-a100-80.yaml", "hgx-h100.yaml"])
  func `behind an NVSwitch every GPU is two hops from every other, at full rate`(_ name: String) throws {
    let cluster = try ClusterFiles.read(name).resized(gpus: 1)
    let topology = Topology(cluster)
    let full = try #require(cluster.nodeFabric.link)
    for from in 0..<cluster.gpusPerNode {
      for to in 0..<cluster.gpusPerNode where to != from {
        let route = topology.route(from: from, to: to)
        #expect(topology.kinds(route) == [.gpu, .nvSwitch, .gpu])
        #expect(topology.achieved(along: route) == full.achieved)
        #expect(topology.latency(along: route) == full.overhead + full.latency + full.latency)
      }
    }
  }

  @Test func `an H800 has less of the same switch`() throws {
    var cluster = try ClusterFiles.read("hgx-h100.yaml").resized(gpus: 8)
    cluster.gpu = try catalogue.gpu(named: "H800")
    let topology = Topology(cluster)
    #expect(topology.links[topology.route(from: 0, to: 1)[0]].bandwidth == Bandwidth(200e9))
  }

  @Test func `the 72 GPUs of a rack meet at one switch, those of two racks in the network`() throws {
    let topology = try topology("gb200-nvl72.yaml", gpus: 144)
    #expect(topology.kinds(topology.route(from: 0, to: 71)) == [.gpu, .nvSwitch, .gpu])
    #expect(topology.kinds(topology.route(from: 0, to: 72)).contains(.networkSwitch))
    #expect(!topology.kinds(topology.route(from: 0, to: 72)).contains(.nvSwitch))
  }

  @Test func `GPUs of the same index meet at the switch of their rail, others above it`() throws {
    let topology = try topology("hgx-h100.yaml", gpus: 64)
    let rail: [Topology.Vertex.Kind] = [.gpu, .pcieSwitch, .nic, .networkSwitch, .nic, .pcieSwitch, .gpu]
    for gpu in 0..<8 {
      let route = topology.route(from: gpu, to: 8 + gpu)
      #expect(topology.kinds(route) == rail)
      #expect(topology.vertices[topology.links[route[2]].to].index == gpu)
      #expect(topology.links[route[1]].to == topology.vertex(ofNIC: gpu, node: 0))
    }
    #expect(topology.kinds(topology.route(from: 0, to: 9)).filter { $0 == .networkSwitch }.count == 3)
  }

  @Test func `oversubscription halves the uplink`() throws {
    var cluster = try ClusterFiles.read("hgx-h100.yaml").resized(gpus: 64 * 8)
    let uplinks = [1.0, 2.0].map { ratio in
      cluster.network?.fabric = .fatTree(.init(nodesPerLeaf: 16, oversubscription: ratio))
      let topology = Topology(cluster)
      let route = topology.route(from: 0, to: 8 * 16)
      return topology.links[route[3]].bandwidth.bytesPerSecond
    }
    #expect(uplinks == [6.4e12, 3.2e12])
  }

  @Test func `pods of leaves narrow what leaves them`() throws {
    var cluster = try ClusterFiles.read("hgx-h100.yaml").resized(gpus: 128 * 8)
    cluster.network?.fabric = .railOptimised(
      .init(nodesPerLeaf: 16, nodesPerPod: 64, podOversubscription: 7))
    let topology = Topology(cluster)
    let route = topology.route(from: 0, to: 64 * 8)
    #expect(topology.kinds(route).filter { $0 == .networkSwitch }.count == 5)
    let uplink = topology.links[route[4]].bandwidth
    #expect(abs(uplink / Bandwidth(25.6e12 / 7) - 1) < 1e-9)
  }

  @Test func `without peer-to-peer access PCIe devices meet in host memory only`() throws {
    var cluster = try ClusterFiles.read("l40s-8.yaml").resized(gpus: 8)
    let staged = Topology(cluster)
    #expect(staged.kinds(staged.route(from: 0, to: 1)) == [.gpu, .pcieSwitch, .host, .pcieSwitch, .gpu])
    cluster.host.peerToPeer = true
    let direct = Topology(cluster)
    #expect(direct.kinds(direct.route(from: 0, to: 1)) == [.gpu, .pcieSwitch, .gpu])
    #expect(direct.kinds(direct.route(from: 0, to: 7)).filter { $0 == .host }.count == 2)
  }

  @Test func `a bridge serves its pair only`() throws {
    var cluster = try ClusterFiles.read("ethernet-cluster.yaml")
    (cluster.gpusPerNode, cluster.nodes) = (4, 1)
    let topology = Topology(cluster)
    #expect(topology.kinds(topology.route(from: 0, to: 1)) == [.gpu, .gpu])
    #expect(topology.kinds(topology.route(from: 0, to: 2)) == [.gpu, .host, .gpu])
  }

  @Test(arguments: [(4, 3), (5, 3), (7, 2), (8, 8)])
  func `a card sits below the switch of the first GPU that sends through it`(_ gpus: Int, nics: Int) throws {
    var cluster = try ClusterFiles.read("hgx-h100.yaml")
    (cluster.gpusPerNode, cluster.nodes, cluster.host.gpusPerSwitch) = (gpus, 2, 1)
    cluster.network?.nicsPerNode = nics
    let topology = Topology(cluster)
    for nic in 0..<nics {
      let first = try #require((0..<gpus).first { cluster.nic(ofGPU: $0) == nic })
      let route = topology.route(from: first, to: gpus)
      #expect(topology.kinds(Array(route.prefix(2))) == [.gpu, .pcieSwitch, .nic])
      #expect(topology.links[route[1]].to == topology.vertex(ofNIC: nic, node: 0))
    }
  }
}
