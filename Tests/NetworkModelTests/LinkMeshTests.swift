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
