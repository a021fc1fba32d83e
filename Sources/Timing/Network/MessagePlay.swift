import EventSimulation
import Quantities

/// Plays messages through an event queue and a network of flows.
struct MessagePlay {
  /// Where a rank is with a piece: `done` counts phases, repeats included.
  private struct Progress {
    var phase = 0
    var repeated = 0
    var done = 0
    var isUnderWay = false
    var outstanding = 0
  }

  private let plan: FoldedPlan
  private let pieces: Int
  /// By class of ranks, by phase of its program: its messages.
  private var messages: [[(repeats: Int, messages: [Int])]]
  /// By class and piece.
  private var progress: [Progress]
  /// By message and piece: ends that have begun its phase.
  private var arrived: [Int]
  private var queue = EventQueue<Int>()
  private var network: FlowNetwork
  private let links: [FlowNetwork.Link]
  /// By flow: message and piece.
  private var flows: [Int] = []
  private var ends: [SimDuration]
  private var time = SimInstant.start

  init(_ plan: FoldedPlan, pieces: Int) {
    (self.plan, self.pieces) = (plan, pieces)
    var network = FlowNetwork()
    links = plan.capacities.map { network.addLink($0) }
    self.network = network
    progress = Array(repeating: Progress(), count: plan.classes * pieces)
    arrived = Array(repeating: 0, count: plan.messages.count * pieces)
    ends = Array(repeating: .zero, count: plan.classes)
    messages = Array(repeating: [], count: plan.classes)
    for program in plan.programs { add(program) }
  }

  private mutating func add(_ program: [FoldedPlan.Phase]) {
    for phase in program {
      var own: [Int: [Int]] = [:]
      for index in phase.messages {
        for rank in Set([plan.messages[index].from, plan.messages[index].to]) { own[rank, default: []].append(index) }
      }
      for (rank, indices) in own { messages[rank].append((phase.repeats, indices)) }
    }
  }

  /// Bytes that a link of each class has carried.
  var carried: [Double] { network.carried }

  /// - Returns: when each class of ranks is done.
  mutating func run() -> [SimDuration] {
    for rank in 0..<plan.classes { for piece in 0..<pieces { begin(rank, piece) } }
    while let next = nextTime() {
      time = next
      for flow in network.advance(to: time) { finish(flows[flow.index]) }
      while queue.nextTime == time, let index = queue.next() { start(index) }
    }
    precondition(arrived.allSatisfy { $0 == 0 }, "messages whose ends never met: the phases of their ranks differ")
    return ends
  }

  private mutating func nextTime() -> SimInstant? {
    let end = network.nextEnd()
    return [end, queue.nextTime].compactMap(\.self).min()
  }

  private mutating func start(_ index: Int) {
    let message = plan.messages[index / pieces]
    flows.append(index)
    _ = network.start(message.bytes, over: message.route.map { links[$0] })
  }

  private mutating func finish(_ index: Int) {
    let message = plan.messages[index / pieces]
    for rank in Set([message.from, message.to]).sorted() { complete(rank, index % pieces) }
  }

  private mutating func complete(_ rank: Int, _ piece: Int) {
    let place = rank * pieces + piece
    progress[place].outstanding -= 1
    guard progress[place].outstanding == 0 else { return }
    ends[rank] = max(ends[rank], time.sinceStart)
    progress[place].isUnderWay = false
    progress[place].done += 1
    progress[place].repeated += 1
    if progress[place].repeated == messages[rank][progress[place].phase].repeats {
      progress[place].phase += 1
      progress[place].repeated = 0
    }
    begin(rank, piece)
    if piece + 1 < pieces { begin(rank, piece + 1) }
  }

  /// Begins the next phase of a piece, once the piece before it is through that phase.
  private mutating func begin(_ rank: Int, _ piece: Int) {
    let place = rank * pieces + piece
    let own = progress[place]
    guard !own.isUnderWay, own.phase < messages[rank].count else { return }
    guard piece == 0 || progress[place - 1].done > own.done else { return }
    progress[place].isUnderWay = true
    progress[place].outstanding = messages[rank][own.phase].messages.count
    for index in messages[rank][own.phase].messages {
      let message = plan.messages[index]
      arrived[index * pieces + piece] += 1
      guard arrived[index * pieces + piece] == (message.from == message.to ? 1 : 2) else { continue }
      arrived[index * pieces + piece] = 0
      queue.schedule(index * pieces + piece, at: time + message.delay)
    }
  }
}
