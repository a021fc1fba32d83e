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
    #expect(LinkMesh.cubeMesh.rings(over: Array(0..<count)) == rings)
  }

  /// Every second GPU has one ring of single links in two directions, where the first four have four.
  @Test func `which GPUs of a cube mesh makes a difference`() {
    #expect(LinkMesh.cubeMesh.rings(over: [0, 2, 4, 6]) == 2)
    #expect(LinkMesh.cubeMesh.rings(over: [0, 4]) == 2 && LinkMesh.cubeMesh.rings(over: [0, 5]) == 0)
  }

  @Test func `a full mesh of four uses all of its links`() {
    #expect(LinkMesh.full(4, linksPerPair: 4).rings(over: [0, 1, 2, 3]) == 12)
    #expect(LinkMesh.full(4, linksPerPair: 4).linksPerGPU == 12)
  }
}

extension LinkMeshTests {
  @Test(arguments: [LinkMesh.cubeMesh, .full(4, linksPerPair: 4), .full(6, linksPerPair: 1)])
  func `ring orders visit every GPU once, and share no direction of a link`(mesh: LinkMesh) {
    let all = mesh.links.indices
    for places in all.dropFirst(2).map({ Array(0..<$0) }) + [Array(all), [0, 2], [1, 2, 3], Array(all.dropFirst(2))] {
      let orders = mesh.ringOrders(over: places)
      #expect(orders.count == mesh.rings(over: places))
      var used = mesh.links.map { $0.map { _ in 0 } }
      for order in orders {
        #expect(order.sorted() == places)
        for (from, to) in zip(order, order.dropFirst() + order.prefix(1)) { used[from][to] += 1 }
      }
      for from in all { for to in all { #expect(used[from][to] <= mesh.links[from][to]) } }
    }
  }
}
