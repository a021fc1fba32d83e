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
    var duration: Int
    var sent, awaited: TrackState.Moment?
    /// When its bytes begin to flow, and when the last has arrived.
    var start: TrackState.Moment?
    var end: TrackState.Moment?
    /// The messages of its pair that were given a place right before and after it.
    var before, after: Key?
  }

  private var letters: [Key: Letter] = [:]
  /// The message of each pair that was given a place last.
  private var placed: [Channel: Key] = [:]

  /// A sender hands a message over at `moment`.
  mutating func send(_ key: Key, at moment: TrackState.Moment, duration: Int) {
    letters[key, default: Letter(duration: duration)].sent = moment
    settle(key)
  }

  /// A receiver gives a message a place: before, nothing flows. Messages of a pair flow one by one, in the order of their places; a
  /// receiver awaits them in this order, so that none is held up by one that it needs.
  mutating func receive(_ key: Key, at moment: TrackState.Moment, duration: Int) {
    let channel = Channel(from: key.from, to: key.to)
    letters[key, default: Letter(duration: duration)].awaited = moment
    if let before = placed.updateValue(key, forKey: channel) {
      letters[key]!.before = before
      letters[before]!.after = key
    }
    settle(key)
  }

  /// The message flows if all it waits for is known; then those behind it.
  private mutating func settle(_ key: Key) {
    var next: Key? = key
    while let key = next, let (start, duration) = start(of: letters[key]!) {
      letters[key]!.start = start
      letters[key]!.end = Post.after(start, duration)
      next = letters[key]!.after
    }
  }

  private func start(of letter: Letter) -> (TrackState.Moment, Int)? {
    guard let sent = letter.sent, let awaited = letter.awaited else { return nil }
    var start = awaited.time > sent.time ? awaited : sent
    guard let before = letter.before else { return (start, letter.duration) }
    guard let end = letters[before]!.end else { return nil }
    if end.time > start.time { start = end }
    return (start, letter.duration)
  }

  /// Nil while an end has not been heard of.
  func letter(_ key: Key) -> Letter? { letters[key].flatMap { $0.end == nil ? nil : $0 } }

  private static func after(_ start: TrackState.Moment, _ duration: Int) -> TrackState.Moment {
    var end = start
    end.time += duration
    end.path.add(duration, Activity.pipelineCommunication.rawValue)
    end.stream = Program.Stream.pipeline.place
    return end
  }
}
