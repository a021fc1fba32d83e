import Collectives

/// What stops an interpreter.
enum Fault: Error, Equatable {
  /// A send met a receive of another size.
  case sizes(from: Int, to: Int, sent: Int, received: Int)
  /// Nobody can go on: the round in which each unfinished rank waits.
  case deadlock(waiting: [Int: Int])
}

/// Runs the rounds of all ranks on buffers in memory.
///
/// Sends meet receives in the order they were posted on their (source, destination) channel, and a send completes only
/// when it has met its receive (rendezvous). No rank waits for another but through its messages.
struct Interpreter<Value> {
  /// Which of the messages that could move does so first: any order must give the same result.
  enum Delivery: CaseIterable { case oldestFirst, newestFirst }

  private struct Channel: Hashable { var from, to: Int }
  private struct Queues { var sends: [Range<Int>] = [], receives: [Receive] = [] }

  private let programs: [[Round]]
  private let delivery: Delivery
  private let add: (_ own: Value, _ received: Value) -> Value
  private var buffers: [[Value]]
  private var queues: [Channel: Queues] = [:]
  private var touched: [Channel] = []
  /// Per rank, rounds begun and messages of the last one that have not completed.
  private var begun: [Int]
  private var outstanding: [Int]

  /// The buffers of all ranks after `programs`, one list of rounds per rank.
  static func run(
    _ programs: [[Round]], on buffers: [[Value]], delivery: Delivery = .oldestFirst,
    add: @escaping (_ own: Value, _ received: Value) -> Value
  ) throws(Fault) -> [[Value]] {
    var interpreter = Interpreter(programs, buffers, delivery, add)
    try interpreter.run()
    return interpreter.buffers
  }

  private init(
    _ programs: [[Round]], _ buffers: [[Value]], _ delivery: Delivery, _ add: @escaping (Value, Value) -> Value
  ) {
    self.programs = programs
    self.delivery = delivery
    self.add = add
    self.buffers = buffers
    begun = programs.map { _ in 0 }
    outstanding = begun
  }

  private mutating func run() throws(Fault) {
    for rank in programs.indices { proceed(rank) }
    while let channel = delivery == .newestFirst ? touched.popLast() : touched.first {
      if delivery == .oldestFirst { touched.removeFirst() }
      try deliver(channel)
    }
    let stuck = programs.indices.filter { outstanding[$0] > 0 }
    guard stuck.isEmpty else {
      throw .deadlock(waiting: Dictionary(uniqueKeysWithValues: stuck.map { ($0, begun[$0] - 1) }))
    }
  }

  /// Posts the next rounds of a rank whose round has completed.
  private mutating func proceed(_ rank: Int) {
    while outstanding[rank] == 0, begun[rank] < programs[rank].count {
      let round = programs[rank][begun[rank]]
      begun[rank] += 1
      outstanding[rank] = round.sends.count + round.receives.count
      for send in round.sends { post(Channel(from: rank, to: send.to)) { $0.sends.append(send.range) } }
      for receive in round.receives { post(Channel(from: receive.from, to: rank)) { $0.receives.append(receive) } }
    }
  }

  private mutating func post(_ channel: Channel, _ append: (inout Queues) -> Void) {
    append(&queues[channel, default: Queues()])
    touched.append(channel)
  }

  /// Moves one message, if both ends of the channel have posted.
  private mutating func deliver(_ channel: Channel) throws(Fault) {
    guard let waiting = queues[channel], let range = waiting.sends.first, let receive = waiting.receives.first else {
      return
    }
    queues[channel]?.sends.removeFirst()
    queues[channel]?.receives.removeFirst()
    guard range.count == receive.range.count else {
      throw .sizes(from: channel.from, to: channel.to, sent: range.count, received: receive.range.count)
    }
    for (source, target) in zip(range, receive.range) {
      let received = buffers[channel.from][source]
      let own = buffers[channel.to][target]
      buffers[channel.to][target] = receive.combine == .sum ? add(own, received) : received
    }
    for rank in [channel.from, channel.to] {
      outstanding[rank] -= 1
      proceed(rank)
    }
  }
}
