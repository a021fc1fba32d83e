extension ScheduleShape {
  /// ZB-H1: 1F1B with the backward split, so that weight gradients fill the bubble of the way back.
  ///
  /// - Bubble: (p − 1)(F + I − W) in the paper; (p − 1)(F + max(0, I − W)) when executed.
  /// - Peak: min(p, m) activations on every rank: what 1F1B's first rank holds.
  /// - Source: Qi et al. 2023, arXiv:2401.10241, §2.1.
  func zeroBubbleH1(_ rank: Int) -> [Cell] {
    Alternation(
      forwards: all(.forward, stage: rank), backwards: all(.backward, stage: rank), warmUp: ranks - 1 - rank,
      weightLag: rank
    ).cells
  }

  /// ZB-H1 over several chunks: interleaved 1F1B with half the warm-up, and weight gradients that lag behind by r.
  ///
  /// - Bubble: (p − 1)(F + I − W) / v at equal times.
  /// - Peak: p·v activations of a chunk on every rank.
  /// - Source: PyTorch's `ScheduleInterleavedZeroBubble`, after Qi et al. 2023, arXiv:2401.10241.
  func interleavedZeroBubble(_ rank: Int) -> [Cell] {
    interleaving(rank, warmUp: ranks - 1 - rank, weightLag: rank)
  }
}
