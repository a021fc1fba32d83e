extension ScheduleShape {
  /// GPipe: all forwards, then all backwards, in the order of the micro-batches.
  ///
  /// - Bubble: (p − 1)(F + B).
  /// - Peak: m activations on every rank.
  /// - Source: Huang et al. 2019, arXiv:1811.06965; the paper runs the backwards last in, first out.
  func gPipe(_ rank: Int) -> [Cell] {
    (all(.forward, stage: rank) + all(.backward, stage: rank)).map { Cell($0) }
  }
}
