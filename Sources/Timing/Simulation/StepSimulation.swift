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
/// - Ignores: how much kernels slow down the collectives beside them, and what of a GPU each kind of kernel needs; `Machine` has one
///   figure for the other way round.
package struct StepSimulation {
  private var tracks: [TrackState]
  private let pricing: any StepPricing
  private var post = Post()
  private var meetings: Meetings
  private var recorder: TimelineRecorder?

  /// Which streams work at once.
  package enum Streams: Hashable, Sendable {
    /// All of the program.
    case apart
    /// Frameworks without overlap: kernels wait while parameters travel, and gradients wait until kernels need them: one sum after the
    /// whole backward pass, which keeps no other stage waiting.
    case gradientsAfterBackward
  }

  /// What of a GPU and its host bears on all ranks alike.
  package struct Machine: Hashable, Sendable {
    /// By what share of its time a kernel is slower while a collective runs beside it.
    package var slowdownBesideCollectives: Double
    /// Kernels and collectives that the host may have launched before they have ended; nil for any number.
    package var launchesAhead: Int?

    package init(slowdownBesideCollectives: Double = 0, launchesAhead: Int? = nil) {
      (self.slowdownBesideCollectives, self.launchesAhead) = (slowdownBesideCollectives, launchesAhead)
    }

    /// A GPU as frameworks run it: collectives hold some multiprocessors and some of the memory's bandwidth, and a kernel beside them
    /// takes a tenth longer. Eight to sixteen of a GPU's 108 to 132 multiprocessors are what NCCL's channels hold.
    ///
    /// - Source: fitted to half of the published steps of `validate train`; a fifth is no better on llm-foundry's, and worse on NeMo's.
    package static let usual = Machine(slowdownBesideCollectives: 0.1)
  }

  /// - Parameter records: whether a timeline is kept.
  /// - Errors: what the pricing cannot price.
  package init(
    _ tracks: [RankTrack], _ pricing: any StepPricing, streams: Streams = .apart, machine: Machine = Machine(),
    records: Bool = false
  ) throws {
    self.pricing = pricing
    var (meetings, names) = (Meetings(), NameTable())
    let ranks = Set(tracks.map(\.rank))
    var known: [ScoreKey: [Score]] = [:]
    self.tracks = try tracks.enumerated().map { place, track in
      let key = ScoreKey(programClass: track.programClass, slowdown: track.slowdown)
      if known[key] == nil {
        let writer = ScoreWriter(pricing, rank: track.rank, slowdown: track.slowdown, streams, recordsMemory: records) {
          meetings.kind(of: $0, among: ranks)
        }
        known[key] = try track.trace.segments.map { try writer.score($0, &names) }
      }
      return TrackState(
        track, place: place, scores: known[key]!, machine: machine, defersGradients: streams == .gradientsAfterBackward)
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
      for place in tracks.indices where try advance(place) { isMoving = true }
    }
    let stuck = tracks.filter { !$0.isAtEnd }
    guard stuck.isEmpty else { throw SimulationError(stuck.map { ($0.track.label, $0.item) }) }
    for place in tracks.indices { tracks[place].sumGradients(recorder) }
    return SimulatedStep(tracks, recorder?.finished())
  }
}

extension StepSimulation {
  /// Goes on as far as nobody has to be waited for.
  ///
  /// - Returns: whether that was anywhere.
  private mutating func advance(_ place: Int) throws -> Bool {
    var hasMoved = false
    let items = tracks[place].track.trace.items
    while tracks[place].item < items.count {
      switch items[tracks[place].item] {
      case .segment(let index):
        let before = tracks[place].instruction
        guard tracks[place].play(index, &meetings, recorder) else {
          return hasMoved || tracks[place].instruction > before
        }
        tracks[place].leave(index)
      case .passage(let passage):
        close(place)
        tracks[place].passage = passage
        if passage != nil { tracks[place].hasBegun = true }
        tracks[place].item += 1
      case .post(let message, let stream):
        close(place)
        try hand(message, Int(stream.place), place)
        tracks[place].item += 1
      case .complete(let message, let stream):
        close(place)
        guard complete(message, Int(stream.place), place) else { return hasMoved }
        tracks[place].item += 1
      }
      hasMoved = true
    }
    return hasMoved
  }

  private func close(_ place: Int) {
    recorder?.leave(place, tracks[place].passage, at: tracks[place].clocks.time[0])
  }

  private mutating func hand(_ message: Message, _ stream: Int, _ place: Int) throws {
    let key = Post.Key(message, of: tracks[place].track.rank)
    let duration = try pricing.duration(of: message.bytes, from: key.from, to: key.to).picoseconds
    let moment = tracks[place].moment(on: stream)
    if message.direction == .send {
      post.send(key, at: moment, duration: duration)
      tracks[place].totals.communication[Activity.pipelineCommunication.rawValue] += duration
    } else {
      post.receive(key, at: moment, duration: duration)
    }
  }

  private mutating func complete(_ message: Message, _ stream: Int, _ place: Int) -> Bool {
    guard let letter = post.letter(Post.Key(message, of: tracks[place].track.rank)) else { return false }
    let (before, start, end) = (tracks[place].clocks.time[stream], letter.start!.time, letter.end!)
    if message.direction == .send { recorder?.message(message, tracks[place].place, start: start, end: end.time) }
    let gap = tracks[place].wait(stream, for: end)
    guard stream == 0, gap > 0 else { return true }
    let dependency = max(0, min(start - before, gap))
    if tracks[place].hasBegun {
      tracks[place].totals.dependency += dependency
      tracks[place].totals.transfer += gap - dependency
    } else {
      tracks[place].totals.warmUp += gap
    }
    return true
  }
}
