package import Collectives
package import Kernels
package import Quantities

/// Carries out a collective's rounds over a transport. Messages are cut into segments that stay in a core's cache, and where
/// the schedule allows it a segment runs through all its rounds before the next one starts: a sum is sent on while it is
/// still in cache, which halves the traffic to memory.
package struct CollectiveInterpreter {
  private let transport: any Transport
  /// Values of one message at the most.
  private let segment: Int

  package init(transport: any Transport, segment: Int) { (self.transport, self.segment) = (transport, segment) }

  /// Runs `schedule` as member `position` of `group` on `buffer`, in place.
  ///
  /// - Parameter scratch: two segments, for schedules that sum.
  package func run(
    _ schedule: CollectiveSchedule, position: Int, group: [Int], buffer: Region, scratch: Region, type: ScalarType
  ) throws {
    let rounds = schedule.rounds(of: position)
    var member = Member(transport: transport, group: group, buffer: buffer, scratch: scratch, type: type)
    let longest = schedule.longestRange
    let pieces = (longest + segment - 1) / segment
    if schedule.runsBySegment {
      for piece in 0..<pieces {
        for round in rounds { try member.run(round.cut(piece, segment)) }
      }
    } else {
      for round in rounds {
        for piece in 0..<round.pieces(segment) { try member.run(round.cut(piece, segment)) }
      }
    }
  }
}

/// One rank's hands: posts a round's messages, waits for them, adds what is to be added.
private struct Member {
  let transport: any Transport
  let group: [Int]
  let buffer, scratch: Region
  let type: ScalarType

  mutating func run(_ round: Round) throws {
    var staged = 0
    var arriving: [(handle: MessageHandle, target: Region, staging: Region?)] = []
    for receive in round.receives {
      let target = region(receive.range)
      var staging: Region?
      if receive.combine == .sum {
        staging = scratch.slice(byteOffset: staged, byteCount: target.byteCount)
        staged += target.byteCount
      }
      let handle = try transport.receive(into: staging ?? target, from: group[receive.from])
      arriving.append((handle, target, staging))
    }
    let leaving = try round.sends.map { try transport.send(region($0.range), to: group[$0.to]) }
    for message in arriving {
      try transport.wait(message.handle)
      if let staging = message.staging { add(type, staging, to: message.target, count: staging.byteCount / type.size) }
    }
    for handle in leaving { try transport.wait(handle) }
  }

  private func region(_ range: Range<Int>) -> Region {
    buffer.slice(byteOffset: range.lowerBound * type.size, byteCount: range.count * type.size)
  }
}

extension Round {
  /// The `piece`-th segment of every message; messages that are shorter drop out, at both ends alike.
  fileprivate func cut(_ piece: Int, _ segment: Int) -> Round {
    Round(
      sends: sends.compactMap { send in send.range.cut(piece, segment).map { Send(to: send.to, range: $0) } },
      receives: receives.compactMap { receive in
        receive.range.cut(piece, segment).map { Receive(from: receive.from, range: $0, combine: receive.combine) }
      })
  }

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

extension CollectiveSchedule {
  /// Whether all ranges are parts of one cut, so that segments of different rounds correspond.
  fileprivate var runsBySegment: Bool {
    algorithm == .ring || (algorithm == .tree && (kind == .allReduce || kind == .broadcast))
  }

  /// Values of the longest message of any rank.
  fileprivate var longestRange: Int {
    algorithm == .ring ? (count + ranks - 1) / ranks : count
  }
}
