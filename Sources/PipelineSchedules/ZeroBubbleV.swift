extension ScheduleShape {
  /// ZB-V: two chunks whose stages run down the ranks and back up, so that the first backward starts where the last
  /// forward ended.
  ///
  /// - Bubble: (p − 1)F / 2 at F = I = W; none only if optimizer steps skew like the forwards.
  /// - Peak: 2p activations of half a stage on every rank.
  /// - Source: Qi et al. 2024, arXiv:2405.15362, §3; the order is that of PyTorch's `ScheduleZBVZeroBubble`.
  func zeroBubbleV(_ rank: Int) -> [Cell] {
    // The order is one of full pipelines: of a shorter step it leaves out the micro-batches that are not there.
    let full = max(microBatches, 2 * ranks - 1)
    var list = SplitList(first: rank, second: 2 * ranks - 1 - rank)
    list.repeating(2 * (ranks - rank) - 1) { $0.forward(0) }
    list.repeating(rank) {
      $0.forward(1)
      $0.forward(0)
    }
    list.repeating(ranks - rank) { $0.turnAround(1) }
    while list.forwards(1) < full {
      if list.forwards(0) < full { list.forward(0) }
      list.input(0)
      list.weight(0)
      list.turnAround(1)
    }
    list.coolDown(rank, of: ranks)
    return list.cells.filter { $0.first.microBatch < microBatches }
  }
}

extension SplitList {
  /// Forward, input gradient and weight gradient of the next micro-batch, at once.
  fileprivate mutating func turnAround(_ chunk: Int) {
    forward(chunk)
    input(chunk)
    weight(chunk)
  }

  fileprivate mutating func coolDown(_ rank: Int, of ranks: Int) {
    repeating(rank) {
      $0.input(0)
      $0.input(1)
    }
    repeating(ranks - rank) {
      $0.input(0)
      $0.weight(0)
    }
    for chunk in [1, 0] {
      repeating(pendingWeights(chunk)) { $0.weight(chunk) }
    }
  }
}
