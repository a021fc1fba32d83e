extension PipelineSchedule {
  /// The laws of pipelines that this schedule breaks; none if it can be executed.
  ///
  /// - Every stage computes every micro-batch forward once, and backward once: whole, or as input and weight gradient.
  /// - Every action is on the rank that holds its stage, after what it needs.
  /// - No rank waits for ever: looked at only where all else holds.
  package func violations() -> [ScheduleViolation] {
    let broken = placeViolations() + countViolations() + orderViolations() + overlapViolations()
    return broken.isEmpty ? deadlocks() : broken
  }

  private func isKnown(_ action: Action) -> Bool {
    (0..<stageCount).contains(action.stage) && (0..<microBatchesPerStage).contains(action.microBatch)
  }

  private func placeViolations() -> [ScheduleViolation] {
    (0..<ranks).flatMap { rank in
      actions(of: rank).compactMap { action -> ScheduleViolation? in
        guard isKnown(action) else { return .unknown(action, rank: rank) }
        let holder = self.rank(of: action.stage)
        return holder == rank ? nil : .wrongRank(action, rank: rank, holder: holder)
      }
    }
  }

  private func countViolations() -> [ScheduleViolation] {
    var counts: [Action: Int] = [:]
    for rank in 0..<ranks {
      for action in actions(of: rank) { counts[action, default: 0] += 1 }
    }
    return (0..<stageCount).flatMap { stage in
      (0..<microBatchesPerStage).flatMap { Self.countViolations(stage, $0, counts) }
    }
  }

  private static func countViolations(
    _ stage: Int, _ microBatch: Int, _ counts: [Action: Int]
  ) -> [ScheduleViolation] {
    let count = { counts[Action($0, stage: stage, microBatch: microBatch)] ?? 0 }
    let isSplit = count(.backwardInput) + count(.backwardWeight) > 0
    let isFull = count(.backward) > 0
    let expected: [Action.Kind] = [.forward] + (isSplit ? [.backwardInput, .backwardWeight] : [.backward])
    let missing = isSplit && isFull ? [] : expected.filter { count($0) == 0 }
    let repeated = Action.Kind.allCases.filter { count($0) > 1 }
    return (isSplit && isFull ? [.backwardTwice(stage: stage, microBatch: microBatch)] : [])
      + missing.map { .missing(Action($0, stage: stage, microBatch: microBatch)) }
      + repeated.map { .repeated(Action($0, stage: stage, microBatch: microBatch), times: count($0)) }
  }

  /// Actions of one rank in an order that no other rank can mend.
  private func orderViolations() -> [ScheduleViolation] {
    let index = ActionIndex(self)
    return (0..<ranks).flatMap { rank in
      cells[rank].indices.flatMap { cell in
        cells[rank][cell].flatMap { action in
          index.dependencies(of: action).compactMap { needed -> ScheduleViolation? in
            guard let place = index.place(of: needed), place.rank == rank, place.cell >= cell else { return nil }
            let found = cells[rank][place.cell].first { $0.provides(needed) }
            return .wrongOrder(action, before: found ?? needed, rank: rank)
          }
        }
      }
    }
  }

  private func overlapViolations() -> [ScheduleViolation] {
    (0..<ranks).flatMap { rank in
      cells[rank].compactMap { cell -> ScheduleViolation? in
        guard let second = cell.second else { return nil }
        let isPair = cell.first.kind == .forward && second.kind != .forward
        let isSame = cell.first.stage == second.stage && cell.first.microBatch == second.microBatch
        return isPair && !isSame ? nil : .wrongOverlap(cell, rank: rank)
      }
    }
  }

  private func deadlocks() -> [ScheduleViolation] {
    let execution = ListExecution(self)
    return (0..<ranks).compactMap { rank in
      let next = execution.progress[rank]
      guard next < cells[rank].count, let needed = execution.obstacle(at: .init(rank: rank, cell: next)) else {
        return nil
      }
      return .deadlock(rank: rank, cell: cells[rank][next], waitsFor: needed)
    }
  }
}
