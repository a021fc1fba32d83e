import Collectives
import Testing

@Suite struct CollectiveScheduleTests {
  @Test(arguments: Case.all)
  func `every schedule obeys every law`(_ example: Case) {
    for schedule in example.schedules {
      let broken = brokenLaws(of: schedule, by: programs(of: schedule))
      #expect(broken.isEmpty, "\(schedule.count) elements, root \(schedule.root): \(broken.prefix(3))")
    }
  }

  @Test(arguments: CollectiveAlgorithm.allCases, 1...16)
  func `an all-reduce has the bits of a reduce-scatter and an all-gather`(
    _ algorithm: CollectiveAlgorithm, ranks: Int
  ) throws {
    for count in Case.counts {
      func run(_ kind: CollectiveKind, on inputs: [[Double]]) throws -> [[Double]] {
        let schedule = CollectiveSchedule(kind, algorithm: algorithm, ranks: ranks, count: count)
        return try Interpreter.run(programs(of: schedule), on: inputs, add: +)
      }
      let inputs = (0..<ranks).map { rank in (0..<count).map { orderSensitive(rank, $0) } }
      let whole = try run(.allReduce, on: inputs)
      let halves = try run(.allGather, on: run(.reduceScatter, on: inputs))
      #expect(whole.map { $0.map(\.bitPattern) } == halves.map { $0.map(\.bitPattern) }, "\(count) elements")
    }
  }

  @Test func `one rank or no elements need no rounds`() {
    for example in Case.over([1, 6]) {
      let count = example.ranks == 1 ? 100 : 0
      let schedule = CollectiveSchedule(
        example.kind, algorithm: example.algorithm, ranks: example.ranks, count: count)
      #expect(schedule.rounds(of: 0).isEmpty)
    }
  }

  @Test(
    arguments: [
      (CollectiveKind.allReduce, [14, 6, 6], [10, 6, 6]), (.reduceScatter, [7, 3, 6], [5, 4, 6]),
      (.allGather, [7, 3, 6], [5, 4, 6]), (.broadcast, [14, 6, 3], [10, 5, 3]),
    ])
  func `rings take N − 1 rounds per half, the others a logarithm`(
    _ kind: CollectiveKind, overEight: [Int], overSix: [Int]
  ) {
    let rounds = { (ranks: Int) in
      CollectiveAlgorithm.allCases.map {
        CollectiveSchedule(kind, algorithm: $0, ranks: ranks, count: 100).rounds(of: 0).count
      }
    }
    #expect(rounds(8) == overEight)
    #expect(rounds(6) == overSix)
  }

  @Test func `nonsense is refused`() async {
    await #expect(processExitsWith: .failure) {
      _ = CollectiveSchedule(.allReduce, algorithm: .ring, ranks: 4, count: 8, root: 1)
    }
    await #expect(processExitsWith: .failure) {
      _ = CollectiveSchedule(.broadcast, algorithm: .tree, ranks: 0, count: 8)
    }
    await #expect(processExitsWith: .failure) {
      _ = CollectiveSchedule(.broadcast, algorithm: .tree, ranks: 4, count: 8).rounds(of: 4)
    }
  }
}
