import NetworkModel
import Testing

@Suite struct LinkMeshTests {
  @Test func `links join both ways, six to a GPU of a cube mesh`() {
    let links = LinkMesh.cubeMesh.links
    for a in 0..<8 {
      #expect(links[a].reduce(0, +) == 6)
      #expect(links[a][a] == 0)
      for b in 0..<8 { #expect(links[a][b] == links[b][a]) }
    }
  }

  /// Eight GPUs use all six links in three rings of two directions, four use the four links of their quad, two the one between them; a
  /// fifth GPU hangs on the first alone, so that no ring goes around.
  @Test(arguments: [(1, 0), (2, 1), (3, 2), (4, 4), (5, 0), (8, 6)])
  func `rings of a cube mesh`(count: Int, rings: Int) {
    #expect(LinkMesh.cubeMesh.rings(over: count) == rings)
  }

  @Test func `a full mesh of four uses all of its links`() {
    #expect(LinkMesh.full(4, linksPerPair: 4).rings(over: 4) == 12)
    #expect(LinkMesh.full(4, linksPerPair: 4).linksPerGPU == 12)
  }
}

extension LinkMeshTests {
  @Test(arguments: [LinkMesh.cubeMesh, .full(4, linksPerPair: 4), .full(6, linksPerPair: 1)])
  func `ring orders visit every GPU once, and share no direction of a link`(mesh: LinkMesh) {
    for count in 2...mesh.links.count {
      let orders = mesh.ringOrders(over: count)
      #expect(orders.count == mesh.rings(over: count))
      var used = Array(repeating: Array(repeating: 0, count: count), count: count)
      for order in orders {
        #expect(order.sorted() == Array(0..<count))
        for (from, to) in zip(order, order.dropFirst() + order.prefix(1)) { used[from][to] += 1 }
      }
      for from in 0..<count { for to in 0..<count { #expect(used[from][to] <= mesh.links[from][to]) } }
    }
  }
}
