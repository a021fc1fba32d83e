import Collectives
import Testing

@Suite struct HierarchicalAllReduceTests {
  private static let shapes = [(1, 1), (1, 5), (4, 1), (2, 2), (2, 4), (3, 2), (4, 3), (2, 7)]

  @Test(arguments: shapes, CollectiveAlgorithm.allCases)
  func `it obeys every law of an all-reduce`(_ shape: (perNode: Int, nodes: Int), algorithm: CollectiveAlgorithm) {
    for count in Case.counts {
      let own = HierarchicalAllReduce(
        ranksPerNode: shape.perNode, nodes: shape.nodes, count: count, between: algorithm)
      let programs = (0..<own.ranks).map { own.rounds(of: $0) }
      let asked = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: own.ranks, count: count)
      let broken = brokenLaws(of: asked, by: programs)
      #expect(broken.isEmpty, "\(count) elements: \(broken.prefix(3))")
    }
  }

  /// Source of the closed form: each node's shards go around between the nodes, each once per half.
  @Test(arguments: [(4, 3), (2, 8), (8, 2)])
  func `a node sends 2(m − 1)/m of the buffer to other nodes`(perNode: Int, nodes: Int) {
    let count = perNode * nodes * 10
    let own = HierarchicalAllReduce(ranksPerNode: perNode, nodes: nodes, count: count)
    for node in 0..<nodes {
      var outside = 0
      for rank in node * perNode..<(node + 1) * perNode {
        let sends = own.rounds(of: rank).flatMap(\.sends).filter { $0.to / perNode != node }
        outside += sends.reduce(0) { $0 + $1.range.count }
      }
      #expect(outside == 2 * (nodes - 1) * count / nodes)
    }
  }

  @Test func `a level left out is noticed`() {
    let own = HierarchicalAllReduce(ranksPerNode: 2, nodes: 2, count: 16)
    let asked = CollectiveSchedule(.allReduce, algorithm: .ring, ranks: 4, count: 16)
    let short = (0..<4).map { Array(own.rounds(of: $0).dropLast()) }
    #expect(!brokenLaws(of: asked, by: short).isEmpty)
    let alone = (0..<4).map { rank in own.rounds(of: rank).filter { $0.sends.allSatisfy { $0.to / 2 == rank / 2 } } }
    #expect(!brokenLaws(of: asked, by: alone).isEmpty)
  }
}
