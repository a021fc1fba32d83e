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
  /// - Parameters:
  ///   - group: the ranks that take part, by their numbers in the world; any group, in an order that all its members agree on.
  ///   - scratch: one segment for each receive of a round that combines.
  ///   - combination: what becomes of two ranks' values.
  package func run(
    _ schedule: CollectiveSchedule, position: Int, group: [Int], buffer: Region, scratch: Region, type: ScalarType,
    combination: Combination = .sum
  ) throws {
    let member = Member(
      transport: transport, group: group, tag: .collective(schedule, among: group, type, combination), buffer: buffer,
      scratch: scratch, type: type, combination: combination, segment: segment)
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
    // No range that is sent in a round is written in it: its sends need not have left before the next piece.
    var leaving: [MessageHandle] = []
    let pieces = round.pieces(segment)
    for piece in 0..<pieces {
      leaving += try member.send(round, piece)
      if piece > 0 { try member.finish(try member.receive(round, piece - 1)) }
    }
    try member.finish(try member.receive(round, pieces - 1))
    for handle in leaving { try transport.wait(handle) }
  }
}

/// A segment on its way in; what is to be combined waits in scratch.
private struct Arrival {
  var handle: MessageHandle
  var target: Region
  var staging: Region?
}

/// One rank's hands: posts a round's messages, combines what is to be combined.
private struct Member {
  let transport: any Transport
  let group: [Int]
  let tag: MessageTag
  let buffer, scratch: Region
  let type: ScalarType
  let combination: Combination
  let segment: Int

  func send(_ round: Round, _ piece: Int) throws -> [MessageHandle] {
    try round.sends.compactMap { send in
      try send.range.cut(piece, segment).map { try transport.send(region($0), to: group[send.to], tag: tag) }
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
      let handle = try transport.receive(into: staging ?? target, from: group[receive.from], tag: tag)
      return Arrival(handle: handle, target: target, staging: staging)
    }
  }

  func finish(_ arrivals: [Arrival]) throws {
    for arrival in arrivals {
      try transport.wait(arrival.handle)
      guard let staging = arrival.staging else { continue }
      combine(combination, type, staging, into: arrival.target, count: staging.byteCount / type.size)
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
