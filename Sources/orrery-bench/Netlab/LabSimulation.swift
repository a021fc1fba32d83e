import EventSimulation
package import Quantities

/// A collective played over a lab, message by message: the prediction that is held against the measurement.
///
///     send ─overhead→ connection ─bytes / share of the links→ left ─latency→ here ─overhead, sum→ received
///
/// Messages from one rank to another follow each other on one connection. The ports of a host are shared by its ranks, max-min fair;
/// what stays inside a host goes through its core. No segment is asked for first: a sender waits, at the end of a round, only until its
/// connections have taken what it sent.
///
/// - Source: LogGP's terms: Alexandrov et al. 1995, "LogGP: incorporating long messages into the LogP model", SPAA, pp. 95–105.
/// - Ignores: packets; acknowledgements on the way back, of 66 bytes for two full frames at the most; what processors spend
///   on TCP.
package struct LabSimulation {
  private enum Event {
    case resume(rank: Int)
    case leaves(LabProgram.Message, ByteCount)
    case taken(LabProgram.Message)
    case arrives(LabProgram.Message)
  }

  private let lab: Lab
  private let costs: LabCosts
  private let programs: [LabProgram]
  private var queue = EventQueue<Event>()
  private var ports: LabPorts
  /// How many of its program's actions each rank has done.
  private var places: [Int]
  private var here: Set<LabProgram.Message> = []
  private var taken: Set<LabProgram.Message> = []
  private var waiting: [Int: LabProgram.Message] = [:]

  /// - Parameter programs: what each rank does.
  package init(_ lab: Lab, _ costs: LabCosts, _ programs: [LabProgram]) {
    (self.lab, self.costs, self.programs) = (lab, costs, programs)
    ports = LabPorts(lab, costs)
    places = programs.map { _ in 0 }
  }

  /// Simulated time until the last rank is done.
  package mutating func run() -> SimDuration {
    for rank in programs.indices { queue.schedule(.resume(rank: rank), at: .start) }
    var end = SimInstant.start
    while let time = nextTime() {
      for message in ports.advance(to: time) {
        queue.schedule(.arrives(message), at: time + cost(message).latency)
      }
      if queue.nextTime == time { handle(queue.next()!) }
      for message in ports.take() { queue.schedule(.taken(message), at: time) }
      end = time
    }
    precondition(places.indices.allSatisfy { places[$0] == programs[$0].actions.count }, "ranks wait for each other")
    return end.sinceStart
  }

  private mutating func nextTime() -> SimInstant? {
    [queue.nextTime, ports.nextEnd()].compactMap(\.self).min()
  }

  private mutating func handle(_ event: Event) {
    switch event {
    case .resume(let rank): go(on: rank)
    case .leaves(let message, let bytes): ports.start(message, bytes)
    case .arrives(let message):
      here.insert(message)
      wake(message.to, message)
    case .taken(let message):
      taken.insert(message)
      wake(message.from, message)
    }
  }

  private mutating func wake(_ rank: Int, _ message: LabProgram.Message) {
    guard waiting[rank] == message else { return }
    waiting[rank] = nil
    go(on: rank)
  }

  /// Carries out a rank's actions, up to one that takes time.
  private mutating func go(on rank: Int) {
    while places[rank] < programs[rank].actions.count {
      guard let pause = perform(programs[rank].actions[places[rank]], by: rank) else { return }
      places[rank] += 1
      guard pause == .zero else { return queue.schedule(.resume(rank: rank), after: pause) }
    }
  }

  /// - Returns: how long the rank is busy with it; nil if it has to wait.
  private mutating func perform(_ action: LabProgram.Action, by rank: Int) -> SimDuration? {
    switch action {
    case .send(let message, let bytes):
      queue.schedule(.leaves(message, bytes), after: cost(message).overhead)
      return cost(message).overhead
    case .receive(let message, let summed):
      guard here.contains(message) else { return wait(rank, message) }
      return cost(message).overhead + summed / costs.sum
    case .departure(let message): return taken.contains(message) ? .zero : wait(rank, message)
    }
  }

  private mutating func wait(_ rank: Int, _ message: LabProgram.Message) -> SimDuration? {
    waiting[rank] = message
    return nil
  }

  private func cost(_ message: LabProgram.Message) -> MessageCost {
    let isInside = lab.host(of: message.from) == lab.host(of: message.to)
    return isInside ? costs.memory ?? costs.network : costs.network
  }
}

extension LabSimulation {
  /// The time that ranks take for what `phases` gives them, in messages of `segment` elements at the most.
  package static func duration(
    _ lab: Lab, _ costs: LabCosts, _ type: ScalarType, segment: Int, _ phases: (_ rank: Int) -> [LabPhase]
  ) -> SimDuration {
    let programs = (0..<lab.ranks).map { LabProgram(rank: $0, phases($0), segment: segment, type) }
    var simulation = LabSimulation(lab, costs, programs)
    return simulation.run()
  }
}
