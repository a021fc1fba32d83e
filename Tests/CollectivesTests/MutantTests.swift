import Collectives
import Testing

/// Schedules with one fault each: the laws are worth something only if they notice.
@Suite struct MutantTests {
  private static let cases = Case.over([2, 4, 5, 6, 8])

  private func original(_ example: Case) -> (CollectiveSchedule, [[Round]]) {
    let schedule = CollectiveSchedule(
      example.kind, algorithm: example.algorithm, ranks: example.ranks, count: 33)
    return (schedule, programs(of: schedule))
  }

  /// Applies a fault to every round of every rank in turn, and expects each mutant that differs to be caught.
  private func expectCaught(_ example: Case, _ mutate: (inout Round) -> Void) {
    let (schedule, programs) = original(example)
    for rank in programs.indices {
      for index in programs[rank].indices {
        var mutant = programs
        mutate(&mutant[rank][index])
        guard mutant != programs else { continue }
        #expect(!brokenLaws(of: schedule, by: mutant).isEmpty, "rank \(rank), round \(index)")
      }
    }
  }

  @Test(arguments: cases)
  func `a round dropped on all ranks is caught`(_ example: Case) {
    let (schedule, programs) = original(example)
    for index in programs[0].indices {
      var mutant = programs
      for rank in mutant.indices { mutant[rank].remove(at: index) }
      #expect(!brokenLaws(of: schedule, by: mutant).isEmpty, "round \(index)")
    }
  }

  @Test(arguments: cases)
  func `a round emptied on one rank is caught`(_ example: Case) {
    expectCaught(example) { $0 = Round() }
  }

  @Test(arguments: cases)
  func `a shifted range is caught, at either end`(_ example: Case) {
    let shifted = { (range: Range<Int>) in
      let by = range.lowerBound > 0 ? -1 : 1
      return range.lowerBound + by..<range.upperBound + by
    }
    expectCaught(example) { if !$0.sends.isEmpty { $0.sends[0].range = shifted($0.sends[0].range) } }
    expectCaught(example) { if !$0.receives.isEmpty { $0.receives[0].range = shifted($0.receives[0].range) } }
  }

  @Test(arguments: cases)
  func `an element too few is caught`(_ example: Case) {
    expectCaught(example) { if !$0.sends.isEmpty { $0.sends[0].range.removeLastElement() } }
  }

  @Test(arguments: cases)
  func `a sum in place of a copy is caught, and a copy in place of a sum`(_ example: Case) {
    expectCaught(example) {
      if !$0.receives.isEmpty { $0.receives[0].combine = $0.receives[0].combine == .sum ? .copy : .sum }
    }
  }

  @Test(arguments: cases)
  func `a message repeated at both ends is caught`(_ example: Case) {
    let (schedule, programs) = original(example)
    let repeated = programs.map { $0.map { Round(sends: $0.sends + $0.sends, receives: $0.receives + $0.receives) } }
    #expect(!brokenLaws(of: schedule, by: repeated).isEmpty)
  }
}

extension Range<Int> {
  fileprivate mutating func removeLastElement() { self = lowerBound..<upperBound - 1 }
}
