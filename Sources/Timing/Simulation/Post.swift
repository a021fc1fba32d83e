import Program

/// The messages of a step: known by sender, receiver and tag.
struct Post {
  struct Key: Hashable {
    var from, to, tag: Int

    init(_ message: Message, of rank: Int) {
      (from, to) = message.direction == .send ? (rank, message.peer) : (message.peer, rank)
      tag = message.tag
    }
  }
  private struct Channel: Hashable {
    var from, to: Int
  }
  /// A message that one or both ends know of.
  struct Letter {
    var sent, awaited: TrackState.Moment?
    /// When its bytes begin to flow, and when the last has arrived.
    var start: TrackState.Moment?
    var end: TrackState.Moment?
  }

  private var letters: [Key: Letter] = [:]
  /// When the last message of each pair has gone.
  private var channels: [Channel: TrackState.Moment] = [:]

  /// A sender hands a message over at `moment`: it goes when the one before has gone.
  mutating func send(_ key: Key, at moment: TrackState.Moment, duration: Int) {
    let channel = Channel(from: key.from, to: key.to)
    var start = moment
    if let before = channels[channel], before.time > start.time { start = before }
    letters[key, default: Letter()].sent = start
    channels[channel] = Post.after(start, duration)
    settle(key, duration)
  }

  /// A receiver gives a message a place: before, nothing flows.
  mutating func receive(_ key: Key, at moment: TrackState.Moment, duration: Int) {
    letters[key, default: Letter()].awaited = moment
    settle(key, duration)
  }

  private mutating func settle(_ key: Key, _ duration: Int) {
    guard let sent = letters[key]!.sent, let awaited = letters[key]!.awaited else { return }
    let start = awaited.time > sent.time ? awaited : sent
    letters[key]!.start = start
    letters[key]!.end = Post.after(start, duration)
  }

  /// Nil while an end has not been heard of.
  func letter(_ key: Key) -> Letter? { letters[key].flatMap { $0.end == nil ? nil : $0 } }

  /// Both ends are done with it after the second call.
  mutating func forget(_ key: Key) { letters[key] = nil }

  private static func after(_ start: TrackState.Moment, _ duration: Int) -> TrackState.Moment {
    var end = start
    end.time += duration
    end.path.add(duration, Activity.pipelineCommunication.rawValue)
    end.stream = Program.Stream.pipeline.place
    return end
  }
}
