package import Collectives
package import Kernels
package import Quantities

/// Carries out a collective's rounds over a transport, one round after the other. Messages are cut into segments that stay in a
/// core's cache.
///
/// A round of one segment posts its receives first. In a longer one, segment t is sent before segment t − 1 is asked for: when a
/// receive is posted, its message has been announced already, and nobody waits for a handshake. All ranks walk through the segments
/// in one order, so messages between two ranks leave and arrive alike, and the slowest rank can always go on.
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
    let member = Member(
      transport: transport, group: group, buffer: buffer, scratch: scratch, type: type, segment: segment)
    for round in schedule.rounds(of: position) {
      if round.pieces(segment) <= 1 { try exchange(round, member) } else { try stream(round, member) }
    }
  }

  private func exchange(_ round: Round, _ member: Member) throws {
    let arriving = try member.receive(round, 0)
    let leaving = try member.send(round, 0)
    try member.finish(arriving)
    for handle in leaving { try transport.wait(handle) }
  }

  private func stream(_ round: Round, _ member: Member) throws {
    var leaving: [[MessageHandle]] = []
    for piece in 0..<round.pieces(segment) {
      leaving.append(try member.send(round, piece))
      guard piece > 0 else { continue }
      try member.finish(try member.receive(round, piece - 1))
      for handle in leaving[piece - 1] { try transport.wait(handle) }
    }
    try member.finish(try member.receive(round, leaving.count - 1))
    for handle in leaving.last ?? [] { try transport.wait(handle) }
  }
}

/// A segment on its way in; what is to be added waits in scratch.
private struct Arrival {
  var handle: MessageHandle
  var target: Region
  var staging: Region?
}

/// One rank's hands: posts a round's messages, adds what is to be added.
private struct Member {
  let transport: any Transport
  let group: [Int]
  let buffer, scratch: Region
  let type: ScalarType
  let segment: Int

  func send(_ round: Round, _ piece: Int) throws -> [MessageHandle] {
    try round.sends.compactMap { send in
      try send.range.cut(piece, segment).map { try transport.send(region($0), to: group[send.to]) }
    }
  }

  func receive(_ round: Round, _ piece: Int) throws -> [Arrival] {
    var staged = 0
    return try round.receives.compactMap { receive in
      guard let range = receive.range.cut(piece, segment) else { return nil }
      let target = region(range)
      var staging: Region?
      if receive.combine == .sum {
        staging = scratch.slice(byteOffset: staged, byteCount: target.byteCount)
        staged += target.byteCount
      }
      let handle = try transport.receive(into: staging ?? target, from: group[receive.from])
      return Arrival(handle: handle, target: target, staging: staging)
    }
  }

  func finish(_ arrivals: [Arrival]) throws {
    for arrival in arrivals {
      try transport.wait(arrival.handle)
      guard let staging = arrival.staging else { continue }
      add(type, staging, to: arrival.target, count: staging.byteCount / type.size)
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
    return start < upperBound ? start..<Swift.min(start + segment, upperBound) : nil
  }
}
