import Collectives

/// What every schedule must obey, whatever made its rounds: the laws that `programs` breaks, in words.
func brokenLaws(of schedule: CollectiveSchedule, by programs: [[Round]]) -> [String] {
  let malformed = programs.indices.flatMap { rank in
    programs[rank].indices.flatMap { index in
      brokenLaws(of: programs[rank][index], at: rank, in: schedule).map { "rank \(rank), round \(index): \($0)" }
    }
  }
  // The interpreter would trap on what is malformed.
  guard malformed.isEmpty else { return malformed }
  return unmatchedMessages(in: programs) + wrongResults(of: schedule, by: programs)
}

/// The rounds of all ranks.
func programs(of schedule: CollectiveSchedule) -> [[Round]] {
  (0..<schedule.ranks).map { schedule.rounds(of: $0) }
}

private func brokenLaws(of round: Round, at rank: Int, in schedule: CollectiveSchedule) -> [String] {
  var broken: [String] = []
  let messages = round.sends.map { ($0.to, $0.range) } + round.receives.map { ($0.from, $0.range) }
  for (peer, range) in messages {
    if peer == rank || !(0..<schedule.ranks).contains(peer) { broken.append("a message with rank \(peer)") }
    if range.isEmpty { broken.append("an empty message") }
    if range.lowerBound < 0 || range.upperBound > schedule.count { broken.append("\(range) is outside the buffer") }
  }
  for (index, receive) in round.receives.enumerated() {
    let others = round.receives[..<index].map(\.range) + round.sends.map(\.range)
    for other in others where other.overlaps(receive.range) {
      broken.append("\(receive.range) is received over \(other), in use in the same round")
    }
  }
  return broken
}

/// Per channel, sends and receives must agree on the sizes and rounds of all their messages.
private func unmatchedMessages(in programs: [[Round]]) -> [String] {
  struct Channel: Hashable { var from, to: Int }
  struct Message: Equatable { var round, size: Int }
  var sent: [Channel: [Message]] = [:]
  var received: [Channel: [Message]] = [:]
  for (rank, rounds) in programs.enumerated() {
    for (index, round) in rounds.enumerated() {
      for send in round.sends {
        sent[Channel(from: rank, to: send.to), default: []].append(Message(round: index, size: send.range.count))
      }
      for receive in round.receives {
        received[Channel(from: receive.from, to: rank), default: []]
          .append(Message(round: index, size: receive.range.count))
      }
    }
  }
  let lengths = Set(programs.map(\.count))
  return (lengths.count > 1 ? ["ranks have different numbers of rounds: \(lengths.sorted())"] : [])
    + Set(sent.keys).union(received.keys).filter { sent[$0] != received[$0] }
    .map { "sends from \($0.from) to \($0.to) do not match the receives" }
}

private func wrongResults(of schedule: CollectiveSchedule, by programs: [[Round]]) -> [String] {
  do {
    return try wrongSums(of: schedule, by: programs) + differingBits(of: schedule, by: programs)
  } catch {
    return ["\(error)"]
  }
}

private func wrongSums(of schedule: CollectiveSchedule, by programs: [[Round]]) throws(Fault) -> [String] {
  let value = { (rank: Int, element: Int) in 1 + 1000 * element + rank * rank }
  let results = try Interpreter.run(programs, on: schedule.inputs(undefined: -1 << 40, value), add: +)
  return results.indices.flatMap { rank in
    schedule.defined(at: rank).filter { results[rank][$0] != schedule.expected($0, value) }
      .map { "rank \(rank), element \($0): \(results[rank][$0]), not \(schedule.expected($0, value))" }
  }
}

/// Where results must not depend on the rank, nor on the order of delivery, down to the last bit.
private func differingBits(of schedule: CollectiveSchedule, by programs: [[Round]]) throws(Fault) -> [String] {
  let inputs = schedule.inputs(undefined: .nan, orderSensitive)
  let first = try Interpreter.run(programs, on: inputs, delivery: .oldestFirst, add: +)
  let second = try Interpreter.run(programs, on: inputs, delivery: .newestFirst, add: +)
  var bits: [Int: UInt64] = [:]
  var broken: [String] = []
  for rank in first.indices {
    for element in schedule.defined(at: rank) {
      let own = first[rank][element].bitPattern
      if own != second[rank][element].bitPattern { broken.append("element \(element) depends on the delivery") }
      if bits[element, default: own] != own { broken.append("rank \(rank) differs in element \(element)") }
      bits[element] = own
    }
  }
  return broken
}

/// Values of many magnitudes, so that nearly every order of summation has bits of its own.
func orderSensitive(_ rank: Int, _ element: Int) -> Double {
  let magnitudes = [1.0, 1e-3, 1e5, 1e-7, 1e9]
  return magnitudes[(rank * 3 + element) % 5] / Double(3 + rank + 7 * element)
}

extension CollectiveSchedule {
  /// The elements whose values the collective promises at a rank.
  func defined(at rank: Int) -> Range<Int> {
    kind == .reduceScatter ? Self.shard(rank, of: ranks, count: count) : 0..<count
  }

  /// What the ranks hold before: `undefined` where the collective may not look.
  func inputs<Value>(undefined: Value, _ value: (_ rank: Int, _ element: Int) -> Value) -> [[Value]] {
    (0..<ranks).map { rank in
      let given =
        switch kind {
        case .allReduce, .reduceScatter: 0..<count
        case .allGather: Self.shard(rank, of: ranks, count: count)
        case .broadcast: rank == root ? 0..<count : 0..<0
        }
      return (0..<count).map { given.contains($0) ? value(rank, $0) : undefined }
    }
  }

  /// What an element must be afterwards, by definition.
  func expected(_ element: Int, _ value: (_ rank: Int, _ element: Int) -> Int) -> Int {
    switch kind {
    case .allReduce, .reduceScatter: (0..<ranks).reduce(0) { $0 + value($1, element) }
    case .allGather:
      value((0..<ranks).first { Self.shard($0, of: ranks, count: count).contains(element) }!, element)
    case .broadcast: value(root, element)
    }
  }
}
