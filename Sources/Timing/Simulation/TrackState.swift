import Program
import Quantities

/// The clocks of one simulated rank, and where it is in its trace. Times are picoseconds from the step's start.
struct TrackState {
  /// A point on a stream: when, and what led there.
  struct Moment {
    var time = 0
    var path = PathLength()
    /// The stream that it is of.
    var stream: UInt8 = 0
  }
  /// What the streams have come to.
  struct Clocks {
    var time = Array(repeating: 0, count: Program.Stream.inOrder.count)
    var path = Array(repeating: PathLength(), count: Program.Stream.inOrder.count)
    /// When the host has issued the last kernel.
    var issued = 0
    /// When the last launches have ended, as many as the host may be ahead; empty where it may be any number ahead.
    var launched: [Int] = []
    /// The oldest of them.
    var oldest = 0
  }
  /// In totals, picoseconds.
  struct Totals {
    // By activity.
    var busy = Array(repeating: 0, count: Activity.allCases.count)
    var communication = Array(repeating: 0, count: Activity.allCases.count)
    var exposed = Array(repeating: 0, count: Activity.allCases.count)
    var (beside, launching, offload) = (0, 0, 0)
    var (warmUp, drain, dependency, transfer, peers) = (0, 0, 0, 0, 0)
  }

  let track: RankTrack
  let place: Int
  let scores: [Score]
  let machine: StepSimulation.Machine
  let defersGradients: Bool
  /// Collectives of gradients that have not begun.
  var deferred: [Instruction] = []
  var clocks = Clocks()
  var totals = Totals()
  /// The next item, and within a segment the next instruction.
  var item = 0
  var instruction = 0
  var passage: Passage?
  var hasBegun = false
  /// The events of the segment at hand, and those that later segments wait for.
  var events: [Moment]
  private var kept: [Int: Moment] = [:]
  private var firstEvent = 0
  private let keptEvents: Set<Int>
  /// Whether the rank is one of several stages.
  let isPipelined: Bool
  /// How often the rank has come to each meeting, and whether it stands at one.
  var meetings: [Int: Int] = [:]
  var isAtMeeting = false

  init(_ track: RankTrack, place: Int, scores: [Score], machine: StepSimulation.Machine, defersGradients: Bool = false)
  {
    (self.machine, self.defersGradients) = (machine, defersGradients)
    (self.track, self.place, self.scores) = (track, place, scores)
    clocks.launched = Array(repeating: 0, count: machine.launchesAhead ?? 0)
    events = Array(repeating: Moment(), count: scores.map(\.events).max() ?? 0)
    keptEvents = track.trace.keptEvents
    isPipelined = track.trace.items.contains { if case .post = $0 { true } else { false } }
  }

  /// Of the whole trace.
  var eventCount: Int {
    track.trace.items.reduce(0) { count, item in
      if case .segment(let index) = item { count + scores[index].instructions.count } else { count + 1 }
    }
  }

  var isAtEnd: Bool { item == track.trace.items.count }

  /// The segment is done.
  mutating func leave(_ score: Int) {
    let count = scores[score].events
    if !keptEvents.isEmpty {
      for event in 0..<count where keptEvents.contains(firstEvent + event) { kept[firstEvent + event] = events[event] }
    }
    firstEvent += count
    (item, instruction) = (item + 1, 0)
  }

  func moment(of event: Int) -> Moment { event >= 0 ? events[event] : kept[firstEvent + event]! }

  mutating func postpone(_ event: Int, to moment: Moment) {
    if event >= 0 { events[event] = moment } else { kept[firstEvent + event] = moment }
  }

  func moment(on stream: Int) -> Moment {
    Moment(time: clocks.time[stream], path: clocks.path[stream], stream: UInt8(stream))
  }

  /// The stream goes on at a later moment of another.
  ///
  /// - Returns: how long it stands still.
  mutating func wait(_ stream: Int, for moment: Moment) -> Int {
    let gap = moment.time - clocks.time[stream]
    guard gap > 0 else { return 0 }
    (clocks.time[stream], clocks.path[stream]) = (moment.time, moment.path)
    return gap
  }
}

extension FoldedTrace {
  /// Events, counted through the trace, that a later segment than their own waits for.
  fileprivate var keptEvents: Set<Int> {
    let waits = segments.map { segment in
      segment.nodes.compactMap { if case .wait(let event, _) = $0, event.index < 0 { event.index } else { nil } }
    }
    guard waits.contains(where: { !$0.isEmpty }) else { return [] }
    var (result, first) = (Set<Int>(), 0)
    let events = segments.map(\.events)
    for case .segment(let index) in items {
      for wait in waits[index] { result.insert(first + wait) }
      first += events[index]
    }
    return result
  }
}
