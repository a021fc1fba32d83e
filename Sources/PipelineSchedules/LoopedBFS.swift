extension ScheduleShape {
  /// Looped breadth-first: all micro-batches pass a chunk before the next chunk's turn; the way back is the reverse.
  ///
  /// - Bubble: (p − 1)(F + B) / v, for m ≥ p.
  /// - Peak: m·v activations of a chunk on every rank.
  /// - Source: Lamy-Poirier 2022, arXiv:2211.05953, §3.2.
  func loopedBFS(_ rank: Int) -> [Cell] {
    let forwards = (0..<chunks).flatMap { all(.forward, stage: stage($0, on: rank)) }
    let backwards = (0..<chunks).flatMap { all(.backward, stage: stage($0, on: rank)) }
    return (forwards + backwards.reversed()).map { Cell($0) }
  }
}
