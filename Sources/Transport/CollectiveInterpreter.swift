package import Collectives
package import Kernels
package import Quantities

/// Carries out a collective's rounds over a transport, one round after the other. Messages are cut into segments that stay in a
/// core's cache: a segment is summed while it is there, and the next one is under way before its receiver asks for it.
///
/// Tick t of a round sends segment t and receives segment t − 1. All ranks walk through the same ticks, so messages between two
/// ranks leave and arrive in one order, and the slowest rank can always go on.
package struct CollectiveInterpreter {
  private let transport: any Transport
  /// Values of one message at the most.
  private let segment: Int

  package init(transport: any Transport, segment: Int) { (self.transport, self.segment) = (transport, segment) }

  /// Runs `schedule` as member `position` of `group` on `buffer`, in place.
  ///
  /// - Parameter scratch: one segment for each receive of a round that sums.
  package func run(
    _ schedule: CollectiveSchedule, position: Int, group: [Int], buffer: Region, scratch: Region, type: ScalarType
  ) throws {
    var member = Member(transport: transport, group: group, buffer: buffer, scratch: scratch, type: type)
    for round in schedule.rounds(of: position) {
      let pieces = round.pieces(segment)
      for tick in 0..<(pieces == 0 ? 0 : pieces + 1) {
        try member.completeSends(before: tick - 1)
        try member.send(round, tick, segment, at: tick)
        try member.receive(round, tick - 1, segment)
      }
      try member.completeSends(before: Int.max)
    }
  }
}

/// One rank's hands: sends early, receives when it is time, adds what is to be added.
private struct Member {
  let transport: any Transport
  let group: [Int]
  let buffer, scratch: Region
  let type: ScalarType
  /// Sends under way, in the order of their ticks.
  private var leaving: [(tick: Int, handle: MessageHandle)] = []

  init(transport: any Transport, group: [Int], buffer: Region, scratch: Region, type: ScalarType) {
    (self.transport, self.group, self.buffer) = (transport, group, buffer)
    (self.scratch, self.type) = (scratch, type)
  }

  mutating func send(_ round: Round, _ piece: Int, _ segment: Int, at tick: Int) throws {
    for send in round.sends {
      guard let range = send.range.cut(piece, segment) else { continue }
      leaving.append((tick, try transport.send(region(range), to: group[send.to])))
    }
  }

  mutating func completeSends(before tick: Int) throws {
    let done = leaving.prefix { $0.tick < tick }
    for message in done { try transport.wait(message.handle) }
    leaving.removeFirst(done.count)
  }

  /// All receives of the round's piece are posted together; sums follow in their order.
  func receive(_ round: Round, _ piece: Int, _ segment: Int) throws {
    var staged = 0
    var arriving: [(handle: MessageHandle, target: Region, staging: Region?)] = []
    for receive in round.receives {
      guard let range = receive.range.cut(piece, segment) else { continue }
      let target = region(range)
      var staging: Region?
      if receive.combine == .sum {
        staging = scratch.slice(byteOffset: staged, byteCount: target.byteCount)
        staged += target.byteCount
      }
      let handle = try transport.receive(into: staging ?? target, from: group[receive.from])
      arriving.append((handle, target, staging))
    }
    for message in arriving {
      try transport.wait(message.handle)
      if let staging = message.staging { add(type, staging, to: message.target, count: staging.byteCount / type.size) }
    }
  }

  private func region(_ range: Range<Int>) -> Region {
    buffer.slice(byteOffset: range.lowerBound * type.size, byteCount: range.count * type.size)
  }
}

extension Round {
  fileprivate func pieces(_ segment: Int) -> Int {
    let longest = max(sends.map(\.range.count).max() ?? 0, receives.map(\.range.count).max() ?? 0)
    return (longest + segment - 1) / segment
  }
}

extension Range<Int> {
  fileprivate func cut(_ piece: Int, _ segment: Int) -> Range<Int>? {
    let start = lowerBound + piece * segment
    return piece >= 0 && start < upperBound ? start..<Swift.min(start + segment, upperBound) : nil
  }
}
