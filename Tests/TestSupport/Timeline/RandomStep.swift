import Collectives
import Mesh
import Program
import Quantities
package import Timing

/// A step of a few ranks that do anything at all, in an order in which nobody waits for ever: work and waits on all streams, messages
/// handed over and awaited in any order, collectives with and without ranks outside the simulation.
package struct RandomStep {
  private struct Letter {
    var from, to, tag, count: Int
    /// Its number among those that receivers gave places to.
    var place: Int?
    /// What happened already.
    var isSent = false, hasLeft = false, hasArrived = false

    var isDone: Bool { hasLeft && hasArrived }
  }

  private var random: SplitMix
  private let ranks: [Int]
  private var traces: [Trace]
  private var events: [Int]
  private var letters: [Letter] = []
  private var (tags, places) = (0, 0)
  private static let streams = Program.Stream.allCases

  package static func tracks(seed: Int, length: Int = 60) -> [RankTrack] {
    var step = RandomStep(seed: seed)
    for _ in 0..<length { step.append() }
    while !step.letters.isEmpty { step.carryOn() }
    return step.traces.enumerated().map { place, trace in
      RankTrack(
        label: "rank \(step.ranks[place])", rank: step.ranks[place], trace: FoldedTrace(trace), programClass: place)
    }
  }

  private init(seed: Int) {
    random = SplitMix(state: UInt64(seed))
    let count = 1 + random.below(4)
    ranks = (0..<count).map { 3 * $0 }
    traces = Array(repeating: Trace(), count: count)
    events = Array(repeating: 0, count: count)
  }

  private mutating func append() {
    let place = random.below(ranks.count)
    let stream = Self.streams[random.below(3) > 0 ? 0 : random.below(Self.streams.count)]
    switch random.below(12) {
    case 0...3: traces[place].nodes.append(.work(random.below(40), on: stream))
    case 4:
      traces[place].nodes.append(.record(Event(index: events[place]), stream))
      events[place] += 1
    case 5:
      guard events[place] > 0 else { return }
      traces[place].nodes.append(.wait(Event(index: random.below(events[place])), stream))
    case 6: meet(on: stream)
    case 7: enter(place)
    case 8: begin(place)
    default: carryOn()
    }
  }

  /// A collective among some of the ranks, and maybe others.
  private mutating func meet(on stream: Program.Stream) {
    let places = ranks.indices.filter { _ in random.below(3) > 0 }
    let outsiders = random.below(2) == 0 ? [1, 2] : []
    let group = (places.map { ranks[$0] } + outsiders).sorted()
    guard group.count > 1 else { return }
    let scopes: [Scope] = [.tensor, .data, .world, .ends]
    let (scope, count) = (scopes[random.below(scopes.count)], random.below(30))
    for place in places {
      let transfer = Transfer(
        .allReduce, scope: scope, algorithm: .schedule(.ring), group: group,
        position: group.firstIndex(of: ranks[place])!, count: count, type: .float32)
      traces[place].nodes.append(.transfer(transfer, stream))
    }
  }

  private mutating func enter(_ place: Int) {
    let passage = Passage(Passage.Kind.allCases[random.below(4)], stage: place, microBatch: random.below(3))
    traces[place].nodes.append(.passage(random.below(3) == 0 ? nil : passage))
  }

  private mutating func begin(_ place: Int) {
    let other = random.below(ranks.count)
    guard other != place else { return }
    letters.append(Letter(from: place, to: other, tag: tags, count: random.below(20)))
    tags += 1
  }

  /// The next thing that happens to one of the messages.
  private mutating func carryOn() {
    guard !letters.isEmpty else { return }
    let number = random.below(letters.count)
    var letter = letters[number]
    switch random.below(4) {
    case 0 where letter.place == nil:
      letter.place = places
      places += 1
      traces[letter.to].nodes.append(.post(message(letter, .receive), .pipeline))
    case 1 where !letter.isSent:
      letter.isSent = true
      traces[letter.from].nodes.append(.post(message(letter, .send), .pipeline))
    case 2 where flows(letter) && !letter.hasLeft:
      letter.hasLeft = true
      traces[letter.from].nodes.append(.complete(message(letter, .send), .pipeline))
    case 3 where flows(letter) && !letter.hasArrived:
      letter.hasArrived = true
      traces[letter.to].nodes.append(.complete(message(letter, .receive), .compute))
    default: return
    }
    letters[number] = letter
    if letter.isDone { letters.remove(at: number) }
  }

  /// A message waits for all of its pair whose places were there before.
  private func flows(_ letter: Letter) -> Bool {
    guard let place = letter.place, letter.isSent else { return false }
    return !letters.contains {
      ($0.from, $0.to) == (letter.from, letter.to) && !$0.isSent && $0.place.map { $0 < place } ?? false
    }
  }

  private func message(_ letter: Letter, _ direction: Message.Direction) -> Message {
    Message(
      direction, scope: .pipeline, peer: ranks[direction == .send ? letter.to : letter.from], tag: letter.tag,
      count: letter.count, type: .float32)
  }
}

/// Numbers that are the same on every machine.
///
/// - Source: Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195.
private struct SplitMix {
  var state: UInt64

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return Int((z ^ (z >> 31)) % UInt64(limit))
  }
}
