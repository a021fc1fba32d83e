import Program
import Quantities

/// Plays the traces of all rank classes against each other: every stream carries out its work in order, when the host has issued it,
/// when the events it waits for have come, when messages have arrived and all ranks of a collective are there.
///
///     start(i) = max(end of the stream's work before, issued(i), events waited for)
///     message: starts when sent and awaited, and the pair's last has gone; collective: when the last rank has come
///
/// A stream's work has a fixed time, so times are sums and maxima of whole picoseconds: the same input gives the same timeline, whatever
/// order tracks are looked at in.
///
/// - Ignores: that kernels and collectives at once slow each other down; that streams of one GPU share its SMs.
package struct StepSimulation {
  private let tracks: [TrackState]
  private let pricing: any StepPricing
  private var post = Post()
  private var meetings: Meetings
  private var recorder: TimelineRecorder?

  /// - Parameter records: whether a timeline is kept.
  /// - Errors: what the pricing cannot price.
  package init(_ tracks: [RankTrack], _ pricing: any StepPricing, records: Bool = false) throws {
    self.pricing = pricing
    var (meetings, names) = (Meetings(), NameTable())
    let ranks = Set(tracks.map(\.rank))
    var known: [ScoreKey: [Score]] = [:]
    self.tracks = try tracks.enumerated().map { place, track in
      let key = ScoreKey(programClass: track.programClass, slowdown: track.slowdown)
      if known[key] == nil {
        let writer = ScoreWriter(pricing, rank: track.rank, slowdown: track.slowdown, recordsMemory: records) {
          meetings.kind(of: $0, among: ranks)
        }
        known[key] = try track.trace.segments.map { try writer.score($0, &names) }
      }
      return TrackState(track, place: place, scores: known[key]!)
    }
    self.meetings = meetings
    recorder = records ? TimelineRecorder(tracks, names) : nil
  }

  private struct ScoreKey: Hashable {
    var programClass: Int
    var slowdown: Double
  }

  /// - Errors: `SimulationError` where ranks wait for each other.
  package mutating func run() throws -> SimulatedStep {
    var isMoving = true
    while isMoving {
      isMoving = false
      for track in tracks where try advance(track) { isMoving = true }
    }
    let stuck = tracks.filter { !$0.isAtEnd }
    guard stuck.isEmpty else { throw SimulationError(stuck.map { ($0.track.label, $0.item) }) }
    return SimulatedStep(tracks, recorder?.finished())
  }
}

extension StepSimulation {
  /// Goes on as far as nobody has to be waited for.
  ///
  /// - Returns: whether that was anywhere.
  private mutating func advance(_ track: TrackState) throws -> Bool {
    var hasMoved = false
    let items = track.track.trace.items
    while !track.isAtEnd {
      switch items[track.item] {
      case .segment(let index):
        let before = track.instruction
        guard play(track.scores[index], track) else { return hasMoved || track.instruction > before }
        track.leave(track.scores[index])
      case .passage(let passage):
        recorder?.leave(track)
        track.passage = passage
        if passage != nil { track.hasBegun = true }
        track.item += 1
      case .post(let message, let stream):
        recorder?.leave(track)
        try hand(message, Int(stream.place), track)
        track.item += 1
      case .complete(let message, let stream):
        recorder?.leave(track)
        guard complete(message, Int(stream.place), track) else { return hasMoved }
        track.item += 1
      }
      hasMoved = true
    }
    return hasMoved
  }

  private mutating func hand(_ message: Message, _ stream: Int, _ track: TrackState) throws {
    let key = Post.Key(message, of: track.track.rank)
    let duration = try pricing.duration(of: message.bytes, from: key.from, to: key.to).picoseconds
    let moment = track.moment(on: stream)
    if message.direction == .send {
      post.send(key, at: moment, duration: duration)
      track.communication[Activity.pipelineCommunication.rawValue] += duration
    } else {
      post.receive(key, at: moment, duration: duration)
    }
  }

  private mutating func complete(_ message: Message, _ stream: Int, _ track: TrackState) -> Bool {
    guard let letter = post.letter(Post.Key(message, of: track.track.rank)) else { return false }
    let (before, start, end) = (track.clock[stream], letter.start!.time, letter.end!)
    if message.direction == .send { recorder?.message(message, track, start: start, end: end.time) }
    let gap = track.wait(stream, for: end)
    guard stream == 0, gap > 0 else { return true }
    let dependency = max(0, min(start - before, gap))
    if track.hasBegun {
      track.breakdown.dependencyWait += SimDuration(picoseconds: dependency)
      track.breakdown.transferWait += SimDuration(picoseconds: gap - dependency)
    } else {
      track.breakdown.warmUp += SimDuration(picoseconds: gap)
    }
    return true
  }
}

extension StepSimulation {
  /// The rest of a segment.
  ///
  /// - Returns: whether it could be played to its end.
  private mutating func play(_ score: Score, _ track: TrackState) -> Bool {
    while track.instruction < score.instructions.count {
      let instruction = score.instructions[track.instruction]
      let stream = Int(instruction.stream)
      switch instruction.kind {
      case .work: work(instruction, stream, track)
      case .collective: communicate(instruction, stream, track)
      case .meeting: guard meet(instruction, stream, track) else { return false }
      case .record: track.events[Int(instruction.index)] = track.moment(on: stream)
      case .wait: wait(stream, for: track.moment(of: Int(instruction.index)), track)
      case .memory: recorder?.memory(instruction, track)
      }
      track.instruction += 1
    }
    return true
  }

  private mutating func work(_ work: Instruction, _ stream: Int, _ track: TrackState) {
    track.issued += work.issue
    if track.issued > track.clock[stream] {
      if stream == 0 { track.breakdown.launching += SimDuration(picoseconds: track.issued - track.clock[0]) }
      track.clock[stream] = track.issued
      track.path[stream] = PathLength()
      track.path[stream].add(track.issued, Activity.issue.rawValue)
    }
    recorder?.span(work, stream, track)
    track.clock[stream] += work.duration
    track.path[stream].add(work.duration, Int(work.activity))
    if stream == 0 {
      track.busy[Int(work.activity)] += work.duration
    } else {
      track.breakdown.beside += SimDuration(picoseconds: work.duration)
    }
  }

  private mutating func communicate(_ collective: Instruction, _ stream: Int, _ track: TrackState) {
    recorder?.span(collective, stream, track)
    track.clock[stream] += collective.duration
    track.path[stream].add(collective.duration, Int(collective.activity))
    track.communication[Int(collective.activity)] += collective.duration
    if stream == 0 { track.exposed[Int(collective.activity)] += collective.duration }
  }

  private mutating func meet(_ collective: Instruction, _ stream: Int, _ track: TrackState) -> Bool {
    let kind = Int(collective.index)
    let number = track.meetings[kind, default: 0]
    if !track.isAtMeeting {
      meetings.join(kind, number, at: track.moment(on: stream))
      track.isAtMeeting = true
    }
    guard let start = meetings.start(kind, number) else { return false }
    track.isAtMeeting = false
    track.meetings[kind] = number + 1
    let gap = SimDuration(picoseconds: track.wait(stream, for: start))
    if stream == 0 {
      // Ranks of different stages are apart because a pipeline empties; those of one stage because one is slow.
      switch Activity(rawValue: Int(collective.activity))! {
      case .worldCommunication, .pipelineCommunication: track.breakdown.drain += gap
      default: track.breakdown.peers += gap
      }
    }
    communicate(collective, stream, track)
    return true
  }

  private func wait(_ stream: Int, for moment: TrackState.Moment, _ track: TrackState) {
    let gap = track.wait(stream, for: moment)
    guard stream == 0, gap > 0 else { return }
    switch Program.Stream.inOrder[Int(moment.stream)] {
    case .gradients, .parameters: track.exposed[Activity.dataCommunication.rawValue] += gap
    case .tensor: track.exposed[Activity.tensorCommunication.rawValue] += gap
    case .pipeline: track.exposed[Activity.pipelineCommunication.rawValue] += gap
    case .host: track.breakdown.offload += SimDuration(picoseconds: gap)
    case .compute: break
    }
  }
}
