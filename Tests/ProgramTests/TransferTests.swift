import Collectives
import Mesh
import Program
import Quantities
import Testing

@Suite("Transfers")
struct TransferTests {
  private func transfer(
    _ kind: CollectiveKind, ranks: Int, position: Int = 0, count: Int, algorithm: TransferAlgorithm = .schedule(.ring)
  ) -> Transfer {
    Transfer(
      kind, scope: .data, algorithm: algorithm, group: Array(0..<ranks), position: position, count: count,
      type: .float32)
  }

  @Test("A ring all-reduce sends 2(N − 1)·K in all, each half (N − 1)·K", arguments: [2, 3, 4, 7], [1, 5, 1000])
  func ringVolume(ranks: Int, count: Int) {
    let factors: [(CollectiveKind, Int)] = [(.allReduce, 2), (.reduceScatter, 1), (.allGather, 1)]
    for (kind, factor) in factors {
      let total = (0..<ranks).reduce(0) {
        $0 + transfer(kind, ranks: ranks, position: $1, count: count).sentBytes.value
      }
      #expect(total == factor * (ranks - 1) * count * 4, "\(kind)")
    }
  }

  @Test("A group of one sends nothing and stages nothing", arguments: CollectiveKind.allCases)
  func alone(kind: CollectiveKind) {
    let transfer = transfer(kind, ranks: 1, count: 100)
    #expect(transfer.sentBytes == .zero)
    #expect(transfer.scratchCount == 0)
  }

  @Test("Only collectives that sum stage values: a segment, or all of a shorter buffer")
  func scratch() {
    #expect(transfer(.allReduce, ranks: 2, count: 10).scratchCount == 10)
    #expect(transfer(.reduceScatter, ranks: 2, count: 1 << 20).scratchCount == Transfer.segment)
    #expect(transfer(.allGather, ranks: 2, count: 10).scratchCount == 0)
    #expect(transfer(.broadcast, ranks: 2, count: 10).scratchCount == 0)
  }

  @Test("Of the library's own algorithm only the payload is known")
  func library() {
    let transfer = transfer(.allReduce, ranks: 4, count: 10, algorithm: .library)
    #expect(transfer.schedule == nil)
    #expect(transfer.sentBytes == ByteCount(40))
    #expect(transfer.scratchCount == 0)
  }
}
