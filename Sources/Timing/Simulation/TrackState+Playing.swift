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
      case .collective:
        if defersGradients, stream == Self.gradients {
          deferred.append(next)
        } else {
          communicate(next, stream, recorder)
        }
      case .meeting: guard meet(next, stream, &meetings, recorder) else { return false }
      case .record: events[Int(next.index)] = moment(on: stream)
      case .wait:
        if stream == 0, moment(of: Int(next.index)).stream == Self.gradients {
          sumGradients(event: Int(next.index), recorder)
        }
        wait(stream, forEvent: Int(next.index))
      case .memory: recorder?.memory(next, place, clocks.time[0])
      }
      instruction += 1
    }
    return true
  }

  private mutating func work(_ work: Instruction, _ stream: Int, _ recorder: TimelineRecorder?) {
    issue(work)
    if clocks.issued > clocks.time[stream] {
      if stream == 0 { totals.launching += clocks.issued - clocks.time[0] }
      clocks.time[stream] = clocks.issued
      clocks.path[stream] = PathLength()
      clocks.path[stream].add(clocks.issued, Activity.issue.rawValue)
    }
    var work = work
    if stream == 0 { work.duration += delay(of: work.duration) }
    recorder?.span(work, place, passage, start: clocks.time[stream])
    clocks.time[stream] += work.duration
    launched(until: clocks.time[stream])
    clocks.path[stream].add(work.duration, Int(work.activity))
    if stream == 0 { totals.busy[Int(work.activity)] += work.duration } else { totals.beside += work.duration }
  }

  private static let gradients = Int(Program.Stream.gradients.place)
  private static let parameters = Int(Program.Stream.parameters.place)
  private static let tensor = Int(Program.Stream.tensor.place)

  /// The deferred collectives, one after another from now on.
  ///
  /// - Parameter event: what waits for them; it comes when the last is done.
  mutating func sumGradients(event: Int? = nil, _ recorder: TimelineRecorder?) {
    guard !deferred.isEmpty else { return }
    _ = wait(Self.gradients, for: moment(on: 0))
    for collective in deferred { communicate(collective, Self.gradients, recorder) }
    deferred = []
    if let event { postpone(event, to: moment(on: Self.gradients)) }
  }

  /// The host waits where it is as far ahead as it may be, then spends its time on a launch.
  private mutating func issue(_ launch: Instruction) {
    if !clocks.launched.isEmpty { clocks.issued = max(clocks.issued, clocks.launched[clocks.oldest]) }
    clocks.issued += launch.issue
  }

  private mutating func launched(until end: Int) {
    guard !clocks.launched.isEmpty else { return }
    clocks.launched[clocks.oldest] = end
    clocks.oldest = (clocks.oldest + 1) % clocks.launched.count
  }

  /// By how much a kernel that starts now is late because collectives beside it hold multiprocessors: while they do, it goes on at
  /// 1/(1 + s) of its speed.
  private func delay(of duration: Int) -> Int {
    guard machine.slowdownBesideCollectives > 0 else { return 0 }
    let last = max(clocks.time[Self.gradients], clocks.time[Self.parameters], clocks.time[Self.tensor])
    let beside = last - clocks.time[0]
    guard beside > 0 else { return 0 }
    let share = machine.slowdownBesideCollectives
    return Int(min(Double(duration) * share, Double(beside) * share / (1 + share)).rounded())
  }

  private mutating func communicate(_ collective: Instruction, _ stream: Int, _ recorder: TimelineRecorder?) {
    issue(collective)
    defer { launched(until: clocks.time[stream]) }
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
      // Stages are apart because a pipeline empties; ranks of one stage, or without stages, because one is slow.
      switch Activity(rawValue: Int(collective.activity))! {
      case .pipelineCommunication: totals.drain += gap
      case .worldCommunication where isPipelined: totals.drain += gap
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
