import PipelineSchedules

extension PipelineSchedule {
  /// A schedule of as few micro-batches as show everything that this one's ranks do: a first, a last and one between. Nil where what an
  /// action does depends on more than that, or where there are no more micro-batches to begin with.
  ///
  /// - Parameter shardsGradients: whether gradients are summed after every micro-batch; with a split backward, an action then finds what
  ///   the actions between left.
  func rehearsal(shardsGradients: Bool) -> PipelineSchedule? {
    guard placement != .bidirectional, microBatches > Rehearsal.microBatches, let isSplit = splitsEveryBackward else {
      return nil
    }
    guard !isSplit || !shardsGradients else { return nil }
    let rehearsal = PipelineSchedule(
      name: name, ranks: ranks, chunks: chunks, microBatches: Rehearsal.microBatches, placement: placement,
      cells: (0..<ranks).map { rehearsed(stages(of: $0), isSplit: isSplit) })
    return rehearsal.violations().isEmpty ? rehearsal : nil
  }

  /// Nil where some backwards are split and others are not.
  private var splitsEveryBackward: Bool? {
    var (whole, split) = (false, false)
    for cell in cells.joined() {
      for action in cell {
        whole = whole || action.kind == .backward
        split = split || action.kind == .backwardInput
      }
    }
    return whole && split ? nil : split
  }

  /// All forwards, then all backwards from the last stage on.
  private func rehearsed(_ stages: [Int], isSplit: Bool) -> [Cell] {
    let stages = stages.sorted()
    let all = { (kind: Action.Kind, stage: Int) in
      (0..<Rehearsal.microBatches).map { Cell(Action(kind, stage: stage, microBatch: $0)) }
    }
    let kinds: [Action.Kind] = isSplit ? [.backwardInput, .backwardWeight] : [.backward]
    return stages.flatMap { all(.forward, $0) }
      + stages.reversed().flatMap { stage in kinds.flatMap { all($0, stage) } }
  }
}

enum Rehearsal {
  static let microBatches = 3
}
