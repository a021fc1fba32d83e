import Cluster
import Testing

/// What holds for every cluster and every two of its GPUs.
@Suite struct TopologyLawTests {
  private static let fabrics: [NetworkFabric] = [
    .railOptimised(.init(nodesPerLeaf: 3)), .railOptimised(.init(nodesPerLeaf: 2, nodesPerPod: 4)),
    .fatTree(.init(nodesPerLeaf: 4, oversubscription: 2)), .fatTree(.init(nodesPerLeaf: 2, nodesPerPod: 6)),
    .torus([12], linksPerDirection: 1), .torus([3, 4], linksPerDirection: 2), .torus([2, 1, 6], linksPerDirection: 1),
    .dragonfly(.init(nodesPerRouter: 2, routersPerGroup: 2, globalLinksPerRouter: 1)),
    .dragonfly(.init(nodesPerRouter: 1, routersPerGroup: 3, globalLinksPerRouter: 2)),
    .dragonfly(.init(nodesPerRouter: 3, routersPerGroup: 4, globalLinksPerRouter: 2)),
  ]

  /// From the sender to the receiver, link by link, through no vertex twice.
  private func check(_ topology: Topology, _ from: Int, _ to: Int) {
    let route = topology.route(from: from, to: to)
    var (place, seen) = (topology.vertex(ofGPU: from), Set([topology.vertex(ofGPU: from)]))
    for link in route {
      #expect(topology.links[link].from == place, "\(topology.description.name): \(from) to \(to)")
      place = topology.links[link].to
      #expect(seen.insert(place).inserted, "\(topology.description.name): \(from) to \(to)")
    }
    #expect(place == topology.vertex(ofGPU: to), "\(topology.description.name): \(from) to \(to)")
    #expect(route.count == topology.route(from: to, to: from).count, "\(topology.description.name): \(from) to \(to)")
  }

  private func checkAll(_ topology: Topology) {
    for from in 0..<topology.description.gpus {
      for to in 0..<topology.description.gpus { check(topology, from, to) }
    }
  }

  @Test(arguments: ClusterFiles.names)
  func `a route leads from its sender to its receiver, and back in as many steps`(_ name: String) throws {
    let cluster = try ClusterFiles.read(name)
    let nodes = cluster.network == nil ? 1 : name.contains("nvl72") ? 20 : 3
    checkAll(try Topology(cluster.resized(gpus: nodes * cluster.gpusPerNode)))
  }

  @Test(arguments: fabrics)
  func `so it does over every fabric`(_ fabric: NetworkFabric) throws {
    var cluster = try ClusterFiles.read("dgx-1v.yaml")
    cluster.nodes = 12
    cluster.network?.fabric = fabric
    checkAll(Topology(cluster))
  }

  @Test(arguments: 1...7)
  func `so it does in every shape of a node`(_ gpus: Int) throws {
    var cluster = try ClusterFiles.read("l40s-8.yaml")
    (cluster.gpusPerNode, cluster.nodes) = (gpus, 2)
    for nics in 1...gpus {
      for perSwitch in [nil, 1, 2, 5] {
        for (sockets, peerToPeer) in [(1, true), (2, false), (3, true), (4, false)] {
          cluster.network?.nicsPerNode = nics
          (cluster.host.gpusPerSwitch, cluster.host.sockets) = (perSwitch, sockets)
          cluster.host.peerToPeer = peerToPeer
          checkAll(Topology(cluster))
        }
      }
    }
  }

  @Test(arguments: ClusterFiles.names)
  func `links come in pairs, one for each direction, alike but for it`(_ name: String) throws {
    let topology = try Topology(ClusterFiles.read(name))
    for (index, link) in topology.links.enumerated() {
      let back = topology.links[topology.reverse(of: index)]
      #expect(topology.vertices[link.from].kind == topology.vertices[back.to].kind)
      #expect((link.bandwidth, link.latency) == (back.bandwidth, back.latency))
    }
  }

  @Test(arguments: ClusterFiles.names)
  func `the way to the host ends in the memory of its own node, and back at the GPU`(_ name: String) throws {
    let topology = try Topology(ClusterFiles.read(name))
    for gpu in 0..<topology.description.gpus {
      let route = topology.routeToHost(from: gpu)
      #expect(topology.links[try #require(route.last)].to == topology.vertex(ofHostOf: gpu))
      #expect(topology.vertices[topology.vertex(ofHostOf: gpu)].node == gpu / topology.description.gpusPerNode)
      #expect(route.allSatisfy { [.pcie, .c2c].contains(topology.links[$0].kind) })
    }
  }

  @Test func `along a torus no route is longer than half of every ring`() throws {
    var cluster = try ClusterFiles.read("dgx-1v.yaml")
    cluster.nodes = 60
    cluster.network?.fabric = .torus([3, 4, 5], linksPerDirection: 1)
    let topology = Topology(cluster)
    let hops = (1..<60).map { node in
      topology.route(from: 0, to: 8 * node).filter { topology.links[$0].kind == .infiniband }.count - 2
    }
    #expect(hops.max() == 5)
    // The distances in rings of 3, 4 and 5 add up to 2, 4 and 6.
    let sum: Int = 20 * 2 + 15 * 4 + 12 * 6
    #expect(hops.reduce(0, +) == sum)
  }

  @Test func `a world of 16,384 GPUs is small, and its routes need no search`() throws {
    let topology = try Topology(ClusterFiles.read("hgx-h100.yaml").resized(gpus: 16_384))
    #expect(topology.links.count < 200_000)
    for from in stride(from: 0, to: 16_384, by: 911) {
      for to in stride(from: 0, to: 16_384, by: 613) { check(topology, from, to) }
    }
  }
}
