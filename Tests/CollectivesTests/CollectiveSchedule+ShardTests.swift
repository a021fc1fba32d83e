import Collectives
import Testing

@Suite struct ShardTests {
  @Test(arguments: 1...16)
  func `shards follow each other, cover the buffer and differ by at most one`(_ ranks: Int) {
    for count in Case.counts {
      let shards = (0..<ranks).map { CollectiveSchedule.shard($0, of: ranks, count: count) }
      #expect(shards.flatMap(Array.init) == Array(0..<count))
      #expect(shards.allSatisfy { $0.count == count / ranks || $0.count == (count + ranks - 1) / ranks })
    }
  }

  @Test func `a large buffer is cut without overflow`() {
    let last = CollectiveSchedule.shard(16_383, of: 16_384, count: 1 << 40)
    #expect(last == (1 << 40) - (1 << 26)..<1 << 40)
  }
}
