extension ScheduleShape {
  /// Interleaved 1F1B: groups of micro-batches pass a rank's chunks one after the other.
  ///
  /// - Bubble: (p − 1)(F + B) / v.
  /// - Peak: min(m·v, 2(p − 1 − r) + (v − 1)g + 1) activations of a chunk on rank r.
  /// - Source: Narayanan et al. 2021, arXiv:2104.04473, §2.2.2; the order is Megatron-LM's.
  func interleaved(_ rank: Int) -> [Cell] {
    interleaving(rank, warmUp: 2 * (ranks - 1 - rank), weightLag: nil)
  }

  /// The order of all interleaved schedules; `warmUp` counts the forwards of the last chunk before the first backward.
  func interleaving(_ rank: Int, warmUp: Int, weightLag: Int?) -> [Cell] {
    Alternation(
      forwards: inGroups { chunk, microBatch in
        Action(.forward, stage: stage(chunk, on: rank), microBatch: microBatch)
      },
      backwards: inGroups { chunk, microBatch in
        Action(.backward, stage: stage(chunks - 1 - chunk, on: rank), microBatch: microBatch)
      },
      warmUp: warmUp + (chunks - 1) * groupSize, weightLag: weightLag
    ).cells
  }

  /// Chunks and micro-batches in the order of their turns; the last group may be smaller.
  private func inGroups(_ action: (_ chunk: Int, _ microBatch: Int) -> Action) -> [Action] {
    stride(from: 0, to: microBatches, by: groupSize).flatMap { start in
      (0..<chunks).flatMap { chunk in
        (start..<min(start + groupSize, microBatches)).map { action(chunk, $0) }
      }
    }
  }
}
