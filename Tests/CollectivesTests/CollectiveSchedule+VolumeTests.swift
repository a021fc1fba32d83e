import Collectives
import Testing

@Suite struct VolumeTests {
  private func schedule(
    _ kind: CollectiveKind, _ algorithm: CollectiveAlgorithm, _ ranks: Int, _ count: Int
  ) -> CollectiveSchedule {
    CollectiveSchedule(kind, algorithm: algorithm, ranks: ranks, count: count)
  }

  /// Halves of an all-reduce, in units of (N − 1)·K.
  private static let halves: [(CollectiveKind, Int)] = [(.allReduce, 2), (.reduceScatter, 1), (.allGather, 1)]

  @Test(arguments: 1...16)
  func `rings send (N − 1)·K elements per half`(_ ranks: Int) {
    for count in Case.counts {
      for (kind, halves) in Self.halves {
        #expect(schedule(kind, .ring, ranks, count).totalSentElements == halves * (ranks - 1) * count)
      }
      #expect(schedule(.broadcast, .ring, ranks, count).totalSentElements == (ranks - 1) * count)
    }
  }

  @Test(arguments: 1...16)
  func `a ring's ranks send all but one shard per half`(_ ranks: Int) {
    for count in Case.counts {
      for rank in 0..<ranks {
        let own = CollectiveSchedule.shard(rank, of: ranks, count: count).count
        let next = CollectiveSchedule.shard((rank + 1) % ranks, of: ranks, count: count).count
        #expect(schedule(.reduceScatter, .ring, ranks, count).sentElements(by: rank) == count - own)
        #expect(schedule(.allGather, .ring, ranks, count).sentElements(by: rank) == count - next)
        #expect(schedule(.allReduce, .ring, ranks, count).sentElements(by: rank) == 2 * count - own - next)
      }
    }
  }

  @Test(arguments: [1, 2, 4, 8, 16])
  func `recursion over a power of two sends as much as a ring`(_ ranks: Int) {
    for count in Case.counts {
      for (kind, halves) in Self.halves {
        #expect(schedule(kind, .recursive, ranks, count).totalSentElements == halves * (ranks - 1) * count)
      }
    }
  }

  @Test(arguments: 1...16)
  func `a fold costs the halves the folded shards, and an all-reduce nothing`(_ ranks: Int) {
    let participants = [1, 2, 4, 8, 16].last { $0 <= ranks }!
    for count in Case.counts {
      let folded = (0..<ranks - participants)
        .reduce(0) { $0 + CollectiveSchedule.shard(2 * $1 + 1, of: ranks, count: count).count }
      let half = (ranks - 1) * count
      #expect(schedule(.allReduce, .recursive, ranks, count).totalSentElements == 2 * half)
      #expect(schedule(.reduceScatter, .recursive, ranks, count).totalSentElements == half + folded)
      #expect(schedule(.allGather, .recursive, ranks, count).totalSentElements == half + folded)
    }
  }

  @Test(arguments: 1...16)
  func `trees send whole buffers over N − 1 edges, and shards once per set bit of their rank`(_ ranks: Int) {
    for count in Case.counts {
      let edges = (ranks - 1) * count
      let shards = (0..<ranks)
        .reduce(0) { $0 + $1.nonzeroBitCount * CollectiveSchedule.shard($1, of: ranks, count: count).count }
      #expect(schedule(.broadcast, .tree, ranks, count).totalSentElements == edges)
      #expect(schedule(.allReduce, .tree, ranks, count).totalSentElements == 2 * edges)
      #expect(schedule(.reduceScatter, .tree, ranks, count).totalSentElements == edges + shards)
      #expect(schedule(.allGather, .tree, ranks, count).totalSentElements == edges + shards)
    }
  }

  @Test func `scratch is the fullest round that adds`() {
    let scratch = { (kind: CollectiveKind) in
      CollectiveAlgorithm.allCases.map { schedule(kind, $0, 4, 100).scratchElements(of: 0) }
    }
    #expect(scratch(.allReduce) == [25, 50, 100])
    #expect(scratch(.reduceScatter) == [25, 50, 100])
    #expect(scratch(.allGather) == [0, 0, 0])
    #expect(scratch(.broadcast) == [0, 0, 0])
  }
}
