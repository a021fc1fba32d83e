import Cluster
import Testing

/// A cluster for a world of any size: whole nodes, the last one filled or not.
@Suite struct ClusterRoomTests {
  @Test(arguments: ClusterCatalogue.names, [1, 2, 3, 7, 8, 9, 16, 20, 71, 72, 73, 144, 1000])
  func `there is room for every rank, and no node without one`(_ name: String, ranks: Int) throws {
    let cluster = try ClusterDescription.builtIn(named: name)
    guard cluster.network != nil || ranks <= cluster.gpusPerNode else {
      #expect(throws: ClusterError.self) { try cluster.holding(gpus: ranks) }
      return
    }
    let room = try cluster.holding(gpus: ranks)
    #expect((ranks..<ranks + cluster.gpusPerNode).contains(room.gpus))
    if ranks % cluster.gpusPerNode == 0 { #expect(try room == cluster.resized(gpus: ranks)) }
    var same = room
    same.nodes = cluster.nodes
    #expect(same == cluster)
  }

  @Test(arguments: ClusterCatalogue.names, [3, 20, 73])
  func `the first and the last rank reach each other`(_ name: String, ranks: Int) throws {
    let cluster = try ClusterDescription.builtIn(named: name)
    guard cluster.network != nil || ranks <= cluster.gpusPerNode else { return }
    let topology = Topology(try cluster.holding(gpus: ranks))
    let route = topology.route(from: 0, to: ranks - 1)
    #expect(route.first.map { topology.links[$0].from } == topology.vertex(ofGPU: 0))
    #expect(route.last.map { topology.links[$0].to } == topology.vertex(ofGPU: ranks - 1))
    #expect(zip(route, route.dropFirst()).allSatisfy { topology.links[$0].to == topology.links[$1].from })
  }

  @Test(arguments: [(1, 1), (7, 1), (8, 1), (9, 2), (1024, 128), (1025, 129)])
  func `without a cluster, HGX H100 machines of eight GPUs`(_ gpus: Int, nodes: Int) throws {
    let cluster = try ClusterDescription.hgxH100(gpus: gpus)
    #expect((cluster.name, cluster.gpu.name) == ("HGX H100", "H100 SXM5 80GB"))
    #expect((cluster.gpusPerNode, cluster.nodes) == (8, nodes))
  }

  @Test(arguments: [0, -8, 1 << 25])
  func `what is no number of GPUs is refused`(_ gpus: Int) throws {
    let error = #expect(throws: ClusterError.self) { try ClusterDescription.hgxH100(gpus: gpus) }
    #expect(error?.key == "--gpus" && error?.value == "\(gpus)" && error?.hint != nil)
  }

  @Test func `a torus of any number of nodes has a place for each`() throws {
    var cluster = try ClusterDescription.builtIn(named: "hgx-h100")
    cluster.network?.fabric = .torus([4, 4, 8], linksPerDirection: 1)
    for gpus in [1, 9, 56, 100, 1000] {
      let room = try cluster.holding(gpus: gpus)
      guard case .torus(let dimensions, 1) = room.network?.fabric else {
        Issue.record("no torus")
        continue
      }
      #expect(dimensions.count == 3 && dimensions.reduce(1, *) == room.nodes)
    }
  }
}
