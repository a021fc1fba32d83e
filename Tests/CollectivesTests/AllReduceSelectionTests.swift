import Collectives
import Quantities
import Testing

@Suite struct AllReduceSelectionTests {
  private func chosen(_ ranks: Int, bytes: Int) -> CollectiveAlgorithm {
    .automatic(ranks: ranks, count: bytes / 4, type: .float32)
  }

  @Test(arguments: [2, 3, 4, 5, 8, 16])
  func `a single value goes through a tree and a gradient of 64 MiB around a ring`(ranks: Int) {
    #expect(chosen(ranks, bytes: 4) == .tree)
    #expect(chosen(ranks, bytes: 64 << 20) == .ring)
  }

  @Test func `ranks that share cores stay with the tree for larger sizes than two that have one each`() {
    let limits = [2, 3, 4, 8].map { ranks in (0..<30).first { chosen(ranks, bytes: 1 << $0) != .tree }! }
    #expect(limits == [12, 22, 22, 20])
  }

  @Test func `a larger sum never goes back to a tree, nor from the ring`() {
    for ranks in 2...16 {
      let order = (2..<30).map { [.tree, .recursive, .ring].firstIndex(of: chosen(ranks, bytes: 1 << $0))! }
      #expect(order == order.sorted(), "\(ranks) ranks")
    }
  }

  @Test func `recursive halving is for powers of two alone, which need no fold`() {
    for ranks in [4, 8, 16] { #expect(chosen(ranks, bytes: 8 << 20) == .recursive) }
    for ranks in [2, 3, 5, 6, 7] { #expect(chosen(ranks, bytes: 8 << 20) == .ring) }
  }

  @Test func `bytes decide, whatever the type`() {
    let types = [ScalarType.bfloat16, .float16, .float32, .float64]
    let algorithms = types.map { CollectiveAlgorithm.automatic(ranks: 4, count: (8 << 20) / $0.size, type: $0) }
    #expect(Set(algorithms).count == 1)
  }
}
