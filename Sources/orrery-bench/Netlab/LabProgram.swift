import Collectives
package import Quantities

/// What one rank does with its transport in a collective, in the order of `CollectiveInterpreter`.
package struct LabProgram {
  /// One message: the n-th from a rank to another.
  package struct Message: Hashable {
    package var from, to, number: Int
  }

  package enum Action {
    case send(Message, ByteCount)
    /// Waits for it, and adds what is to be summed.
    case receive(Message, summed: ByteCount)
    /// Waits until the connection has taken all of it.
    case departure(Message)
  }

  package private(set) var actions: [Action] = []
  private let rank: Int
  private let segment: Int
  private let type: ScalarType
  private var sent: [Int: Int] = [:]
  private var received: [Int: Int] = [:]

  /// - Parameter segment: elements of one message at the most.
  package init(rank: Int, _ phases: [LabPhase], segment: Int, _ type: ScalarType) {
    (self.rank, self.segment, self.type) = (rank, segment, type)
    for phase in phases {
      for round in phase.schedule.rounds(of: phase.position) { play(round, phase.group) }
    }
  }

  /// A piece is sent before the one before it is received.
  private mutating func play(_ round: Round, _ group: [Int]) {
    let longest = (round.sends.map(\.range.count) + round.receives.map(\.range.count)).max() ?? 0
    let pieces = (longest + segment - 1) / segment
    var leaving: [Action] = []
    for piece in 0..<pieces {
      leaving += send(round, piece, group)
      if piece > 0 { receive(round, piece - 1, group) }
    }
    receive(round, pieces - 1, group)
    actions += leaving
  }

  /// - Returns: the waits for its departure, due at the end of the round.
  private mutating func send(_ round: Round, _ piece: Int, _ group: [Int]) -> [Action] {
    round.sends.compactMap { send in
      guard let bytes = bytes(of: send.range, piece) else { return nil }
      let peer = group[send.to]
      let message = Message(from: rank, to: peer, number: sent[peer, default: 0])
      actions.append(.send(message, bytes))
      sent[peer, default: 0] += 1
      return .departure(message)
    }
  }

  private mutating func receive(_ round: Round, _ piece: Int, _ group: [Int]) {
    for receive in round.receives {
      guard let bytes = bytes(of: receive.range, piece) else { continue }
      let peer = group[receive.from]
      let message = Message(from: peer, to: rank, number: received[peer, default: 0])
      actions.append(.receive(message, summed: receive.combine == .sum ? bytes : .zero))
      received[peer, default: 0] += 1
    }
  }

  private func bytes(of range: Range<Int>, _ piece: Int) -> ByteCount? {
    let left = range.count - piece * segment
    return left > 0 ? ByteCount(min(left, segment), of: type) : nil
  }
}
