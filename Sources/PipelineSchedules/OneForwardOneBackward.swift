extension ScheduleShape {
  /// 1F1B: as many forwards as ranks follow, then a forward and a backward in turn.
  ///
  /// - Bubble: (p − 1)(F + B), as GPipe.
  /// - Peak: min(p − r, m) activations on rank r, whatever the number of micro-batches.
  /// - Source: Narayanan et al. 2021, arXiv:2104.04473, §2.2.1 (PipeDream-Flush); Fan et al. 2021 (DAPPLE).
  func oneForwardOneBackward(_ rank: Int) -> [Cell] {
    Alternation(
      forwards: all(.forward, stage: rank), backwards: all(.backward, stage: rank), warmUp: ranks - 1 - rank
    ).cells
  }
}
