/// One rank's place in a group: what every algorithm is written in terms of, one file each.
struct Member {
  var rank: Int
  var ranks: Int
  /// Elements of the whole buffer.
  var count: Int

  var everything: Range<Int> { 0..<count }

  /// The shard of a rank, counted around the ring: −1 is the last.
  func shard(around rank: Int) -> Range<Int> {
    CollectiveSchedule.shard((rank % ranks + ranks) % ranks, of: ranks, count: count)
  }

  /// The shards of consecutive ranks, which lie side by side.
  func shards(_ owners: Range<Int>) -> Range<Int> {
    count * owners.lowerBound / ranks..<count * owners.upperBound / ranks
  }
}
