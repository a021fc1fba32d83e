import Program

extension TrackState {
  /// The rest of a segment, as far as nobody has to be waited for.
  ///
  /// - Returns: whether it could be played to its end.
  mutating func play(_ score: Int, _ meetings: inout Meetings, _ recorder: TimelineRecorder?) -> Bool {
    let instructions = scores[score].instructions
    while instruction < instructions.count {
      let next = instructions[instruction]
      let stream = Int(next.stream)
      switch next.kind {
      case .work: work(next, stream, recorder)
      case .collective: communicate(next, stream, recorder)
      case .meeting: guard meet(next, stream, &meetings, recorder) else { return false }
      case .record: events[Int(next.index)] = moment(on: stream)
      case .wait: wait(stream, forEvent: Int(next.index))
      case .memory: recorder?.memory(next, place, clocks.time[0])
      }
      instruction += 1
    }
    return true
  }

  private mutating func work(_ work: Instruction, _ stream: Int, _ recorder: TimelineRecorder?) {
    clocks.issued += work.issue
    if clocks.issued > clocks.time[stream] {
      if stream == 0 { totals.launching += clocks.issued - clocks.time[0] }
      clocks.time[stream] = clocks.issued
      clocks.path[stream] = PathLength()
      clocks.path[stream].add(clocks.issued, Activity.issue.rawValue)
    }
    recorder?.span(work, place, passage, start: clocks.time[stream])
    clocks.time[stream] += work.duration
    clocks.path[stream].add(work.duration, Int(work.activity))
    if stream == 0 { totals.busy[Int(work.activity)] += work.duration } else { totals.beside += work.duration }
  }

  private mutating func communicate(_ collective: Instruction, _ stream: Int, _ recorder: TimelineRecorder?) {
    recorder?.span(collective, place, passage, start: clocks.time[stream])
    clocks.time[stream] += collective.duration
    clocks.path[stream].add(collective.duration, Int(collective.activity))
    totals.communication[Int(collective.activity)] += collective.duration
    if stream == 0 { totals.exposed[Int(collective.activity)] += collective.duration }
  }

  private mutating func meet(
    _ collective: Instruction, _ stream: Int, _ others: inout Meetings, _ recorder: TimelineRecorder?
  ) -> Bool {
    let kind = Int(collective.index)
    let number = meetings[kind, default: 0]
    if !isAtMeeting {
      others.join(kind, number, at: moment(on: stream))
      isAtMeeting = true
    }
    guard let start = others.start(kind, number) else { return false }
    isAtMeeting = false
    meetings[kind] = number + 1
    let gap = wait(stream, for: start)
    if stream == 0 {
      // Ranks of different stages are apart because a pipeline empties; those of one stage because one is slow.
      switch Activity(rawValue: Int(collective.activity))! {
      case .worldCommunication, .pipelineCommunication: totals.drain += gap
      default: totals.peers += gap
      }
    }
    communicate(collective, stream, recorder)
    return true
  }

  private mutating func wait(_ stream: Int, forEvent event: Int) {
    let moment = moment(of: event)
    let gap = wait(stream, for: moment)
    guard stream == 0, gap > 0 else { return }
    totals.wait(gap, for: moment.stream)
  }
}

extension TrackState.Totals {
  /// The compute stream stands still until another stream has come as far.
  mutating func wait(_ gap: Int, for stream: UInt8) {
    switch Program.Stream.inOrder[Int(stream)] {
    case .gradients, .parameters: exposed[Activity.dataCommunication.rawValue] += gap
    case .tensor: exposed[Activity.tensorCommunication.rawValue] += gap
    case .pipeline: exposed[Activity.pipelineCommunication.rawValue] += gap
    case .host: offload += gap
    case .compute: break
    }
  }
}
