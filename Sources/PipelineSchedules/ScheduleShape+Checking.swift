extension ScheduleShape {
  /// - Errors: the first number that `name` is not defined for.
  func check(_ name: ScheduleName) throws(ScheduleError) {
    for (key, value) in [
      ("ranks", ranks), ("micro-batches", microBatches), ("chunks", chunks), ("group size", groupSize),
    ] where value < 1 {
      throw ScheduleError(name.rawValue, key, "\(value)", "at least one is needed", hint: "use 1 or more")
    }
    if !name.takesChunks { try checkChunks(name) }
    let forwards = Double(ranks) * Double(microBatches) * Double(chunks)
    guard forwards <= 1e9 else {
      throw ScheduleError(
        name.rawValue, "micro-batches", "\(microBatches)",
        "on \(ranks) ranks of \(chunks) chunks they are more than a billion forwards", hint: "use smaller numbers")
    }
    switch name {
    case .dualPipe: try checkDualPipe(name)
    case .dualPipeV: try checkEnough(name)
    default: break
    }
  }

  private func checkChunks(_ name: ScheduleName) throws(ScheduleError) {
    guard chunks != name.defaultChunks else { return }
    let way =
      switch name {
      case .oneForwardOneBackward: "use 1, or the schedule interleaved"
      case .gPipe: "use 1, or the schedule looped-bfs"
      case .zeroBubbleH1: "use 1, or the schedule interleaved-zb"
      default: "use \(name.defaultChunks)"
      }
    throw ScheduleError(
      name.rawValue, "chunks", "\(chunks)", "every rank holds exactly \(name.defaultChunks)", hint: way)
  }

  private func checkEnough(_ name: ScheduleName) throws(ScheduleError) {
    guard microBatches < 2 * ranks else { return }
    throw ScheduleError(
      name.rawValue, "micro-batches", "\(microBatches)",
      "fewer than \(2 * ranks), two per rank, do not fill the pipeline", hint: "use \(2 * ranks) or more, or zb-v")
  }

  private func checkDualPipe(_ name: ScheduleName) throws(ScheduleError) {
    guard ranks.isMultiple(of: 2) else {
      throw ScheduleError(
        name.rawValue, "ranks", "\(ranks)", "its two directions mirror each other, so the number must be even",
        hint: "use \(ranks + 1), or dualpipev, which takes any number")
    }
    guard microBatches.isMultiple(of: 2) else {
      throw ScheduleError(
        name.rawValue, "micro-batches", "\(microBatches)",
        "its two directions share them evenly, so the number must be even",
        hint: "use \(max(2 * ranks, microBatches + 1))")
    }
    try checkEnough(name)
  }

  /// Groups of at least p micro-batches, the last one too, always flow; smaller ones are tried out, because some do.
  ///
  /// - Errors: ranks that would wait for each other for ever.
  func checkGroups(of schedule: PipelineSchedule) throws(ScheduleError) {
    let rest = microBatches % groupSize
    let flows = groupSize >= ranks && (rest == 0 || rest >= ranks)
    guard !flows, ListExecution(schedule).isStuck else { return }
    if groupSize < ranks {
      throw ScheduleError(
        schedule.name, "group size", "\(groupSize)",
        "groups smaller than the \(ranks) ranks make these wait for each other for ever",
        hint: "use a group size of \(ranks) or more")
    }
    throw ScheduleError(
      schedule.name, "micro-batches", "\(microBatches)",
      "groups of \(groupSize) leave a last one of \(rest), too few for \(ranks) ranks, which wait for each other for ever",
      hint: "use \(microBatches - rest + groupSize), or a group size of \(microBatches)")
  }
}
