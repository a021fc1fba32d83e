/// Where a schedule's actions are, and what each waits for.
struct ActionIndex {
  /// A place in a rank's list of cells.
  struct Place: Hashable {
    var rank, cell: Int
  }

  let schedule: PipelineSchedule
  private let microBatches: Int
  /// Per stage and micro-batch: the forward, what gives the input gradient, what gives the weight gradient.
  private var places: [Place?]

  /// Actions that the schedule's stages and micro-batches do not have are left out; of doubled ones the first counts.
  init(_ schedule: PipelineSchedule) {
    self.schedule = schedule
    microBatches = schedule.microBatchesPerStage
    places = Array(repeating: nil, count: 3 * schedule.stageCount * microBatches)
    for (rank, cells) in schedule.cells.enumerated() {
      for (cell, content) in cells.enumerated() {
        for action in content { note(action, at: Place(rank: rank, cell: cell)) }
      }
    }
  }

  private mutating func note(_ action: Action, at place: Place) {
    guard let slot = slot(action.kind, action.stage, action.microBatch) else { return }
    if places[slot] == nil { places[slot] = place }
  }

  private func slot(_ kind: Action.Kind, _ stage: Int, _ microBatch: Int) -> Int? {
    guard (0..<schedule.stageCount).contains(stage), (0..<microBatches).contains(microBatch) else { return nil }
    let kind =
      switch kind {
      case .forward: 0
      case .backward, .backwardInput: 1
      case .backwardWeight: 2
      }
    return (stage * microBatches + microBatch) * 3 + kind
  }

  /// Where `action` is; an input gradient is wherever the full backward or the input half of it is.
  func place(of action: Action) -> Place? {
    slot(action.kind, action.stage, action.microBatch).flatMap { places[$0] }
  }

  /// What must have ended before `action` starts. Whether a gradient comes of a full or of a split backward is not told:
  /// it is named as the input half.
  func dependencies(of action: Action) -> Pair<Action> {
    let microBatch = action.microBatch
    switch action.kind {
    case .forward:
      let before = schedule.stage(before: action.stage)
      return Pair(before.map { Action(.forward, stage: $0, microBatch: microBatch) })
    case .backward, .backwardInput:
      let next = schedule.stage(after: action.stage)
      return Pair(
        Action(.forward, stage: action.stage, microBatch: microBatch),
        next.map { Action(.backwardInput, stage: $0, microBatch: microBatch) })
    case .backwardWeight: return Pair(Action(.backwardInput, stage: action.stage, microBatch: microBatch))
    }
  }
}

extension Action {
  /// Whether it does what `needed` names: an input gradient also comes of a full backward.
  func provides(_ needed: Action) -> Bool {
    stage == needed.stage && microBatch == needed.microBatch
      && (kind == needed.kind || givesInputGradient && needed.givesInputGradient)
  }
}
