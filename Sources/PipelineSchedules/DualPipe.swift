extension ScheduleShape {
  /// DualPipe: two copies of the model fed from both ends, so that each rank overlaps the forward of one direction with
  /// the backward of the other.
  ///
  /// - Bubble: (p/2 − 1)(F∥B + B − 3W).
  /// - Peak: p + 1 activations on every rank, and twice the parameters.
  /// - Source: DeepSeek-AI 2024, arXiv:2412.19437, §3.2.1; the order is that of the DualPipe repository.
  func dualPipe(_ rank: Int) -> [Cell] {
    let mirrored = ranks - 1 - rank
    let isFirstHalf = rank < mirrored
    return dualPipeOrder(
      half: ranks / 2, position: min(rank, mirrored), microBatches: microBatches / 2,
      first: isFirstHalf ? rank : 2 * ranks - 1 - rank, second: isFirstHalf ? 2 * ranks - 1 - rank : rank)
  }

  /// The order of DualPipe and of DualPipeV: a rank's own direction or chunk is 0, the one that comes back is 1.
  ///
  /// - `half`: ranks from where a micro-batch enters to where the two streams meet.
  /// - `position`: how far this rank is from where its micro-batches enter.
  func dualPipeOrder(half: Int, position: Int, microBatches: Int, first: Int, second: Int) -> [Cell] {
    var list = SplitList(first: first, second: second)
    let ahead = half - position - 1
    list.repeating(2 * ahead) { $0.forward(0) }
    list.repeating(position + 1) {
      $0.forward(0)
      $0.forward(1)
    }
    list.repeating(ahead) {
      $0.input(1)
      $0.weight(1)
      $0.forward(1)
    }
    list.overlap(microBatches - 2 * half + position + 1, apartAtFirst: ahead == 0)
    list.repeating(ahead) {
      $0.backward(1)
      $0.forward(1, besideBackward: 0)
    }
    list.drain(position + 1)
    list.repeating(ahead) {
      $0.weight()
      $0.input(0)
    }
    list.repeating(position + 1) { $0.weight() }
    return list.cells
  }
}

extension SplitList {
  /// The steady state. Where the streams meet, the first backward is that of the forward just before it.
  fileprivate mutating func overlap(_ count: Int, apartAtFirst: Bool) {
    for turn in 0..<count {
      if turn == 0 && apartAtFirst {
        forward(0)
        backward(1)
      } else {
        forward(0, besideBackward: 1)
      }
      forward(1, besideBackward: 0)
    }
  }

  /// Backwards of both in turn; the second half of them leaves its weight gradients for later.
  fileprivate mutating func drain(_ pairs: Int) {
    for turn in 0..<2 * pairs {
      let chunk = turn.isMultiple(of: 2) ? 1 : 0
      if turn < pairs { backward(chunk) } else { input(chunk) }
    }
  }
}
