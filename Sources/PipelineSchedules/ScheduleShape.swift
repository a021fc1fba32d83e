/// The numbers that a schedule is made from. Every schedule is an extension of its own file.
struct ScheduleShape {
  var ranks: Int
  var microBatches: Int
  var chunks: Int
  /// Micro-batches that pass one chunk before the next chunk's turn.
  var groupSize: Int

  init(_ name: ScheduleName, ranks: Int, microBatches: Int, chunks: Int?, groupSize: Int?) {
    self.ranks = ranks
    self.microBatches = microBatches
    self.chunks = chunks ?? name.defaultChunks
    // Beyond all micro-batches of all chunks, larger groups change nothing, and would overflow.
    let (all, overflows) = microBatches.multipliedReportingOverflow(by: self.chunks)
    self.groupSize = overflows ? groupSize ?? ranks : min(groupSize ?? ranks, max(1, all))
  }

  /// The stage of a looping schedule.
  func stage(_ chunk: Int, on rank: Int) -> Int { chunk * ranks + rank }

  /// One kind of action on one stage for all micro-batches.
  func all(_ kind: Action.Kind, stage: Int) -> [Action] {
    (0..<microBatches).map { Action(kind, stage: stage, microBatch: $0) }
  }
}

extension PipelineSchedule {
  /// The schedule `name` for so many ranks and micro-batches.
  ///
  /// - `chunks`: stages per rank; nil for the schedule's own number.
  /// - `groupSize`: of `interleaved` and `interleaved-zb`, the micro-batches that pass one chunk before the next chunk's
  ///   turn; nil for as many as ranks.
  /// - Errors: what the schedule is not defined for, by key, with the way out.
  package static func make(
    _ name: ScheduleName, ranks: Int, microBatches: Int, chunks: Int? = nil, groupSize: Int? = nil
  ) throws(ScheduleError) -> PipelineSchedule {
    let shape = ScheduleShape(
      name, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
    if let groupSize, !name.takesGroupSize {
      throw ScheduleError(
        name.rawValue, "group size", "\(groupSize)", "this schedule has no groups",
        hint: "leave it out, or choose interleaved")
    }
    try shape.check(name)
    let schedule = PipelineSchedule(
      name: name.rawValue, ranks: ranks, chunks: shape.chunks, microBatches: microBatches, placement: name.placement,
      cells: (0..<ranks).map { shape.cells(name, $0) })
    if name.takesGroupSize { try shape.checkGroups(of: schedule) }
    return schedule
  }
}

extension ScheduleShape {
  func cells(_ name: ScheduleName, _ rank: Int) -> [Cell] {
    switch name {
    case .gPipe: gPipe(rank)
    case .oneForwardOneBackward: oneForwardOneBackward(rank)
    case .interleaved: interleaved(rank)
    case .loopedBFS: loopedBFS(rank)
    case .zeroBubbleH1: zeroBubbleH1(rank)
    case .interleavedZeroBubble: interleavedZeroBubble(rank)
    case .zeroBubbleV: zeroBubbleV(rank)
    case .dualPipeV: dualPipeV(rank)
    case .dualPipe: dualPipe(rank)
    }
  }
}
