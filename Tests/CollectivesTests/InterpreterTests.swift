import Collectives
import Testing

@Suite struct InterpreterTests {
  private let send = Send(to: 1, range: 0..<2)
  private let receive = Receive(from: 0, range: 0..<2, combine: .sum)

  @Test func `a message is added to what its receiver holds`() throws {
    let programs = [[Round(sends: [send])], [Round(receives: [receive])]]
    #expect(try Interpreter.run(programs, on: [[1, 2], [10, 20]], add: +) == [[1, 2], [11, 22]])
  }

  @Test func `messages between two ranks match in the order they were posted`() throws {
    let sends = [Send(to: 1, range: 0..<1), Send(to: 1, range: 1..<2)]
    let receives = [Receive(from: 0, range: 1..<2, combine: .copy), Receive(from: 0, range: 0..<1, combine: .copy)]
    for delivery in Interpreter<Int>.Delivery.allCases {
      let results = try Interpreter.run(
        [[Round(sends: sends)], [Round(receives: receives)]], on: [[1, 2], [0, 0]], delivery: delivery, add: +)
      #expect(results[1] == [2, 1])
    }
  }

  @Test func `messages of different sizes do not match`() {
    let short = Send(to: 1, range: 0..<1)
    #expect(throws: Fault.sizes(from: 0, to: 1, sent: 1, received: 2)) {
      try Interpreter.run([[Round(sends: [short])], [Round(receives: [receive])]], on: [[1, 2], [0, 0]], add: +)
    }
  }

  @Test func `a send without a receive waits for ever`() {
    #expect(throws: Fault.deadlock(waiting: [0: 0])) {
      try Interpreter.run([[Round(sends: [send])], []], on: [[1, 2], [0, 0]], add: +)
    }
  }

  @Test(arguments: [true, false])
  func `a ring whose ranks all send first, or all receive first, deadlocks`(_ sendsFirst: Bool) {
    let ring = programs(of: CollectiveSchedule(.allReduce, algorithm: .ring, ranks: 3, count: 3))
    let split = ring.map { rounds in
      rounds.flatMap {
        let halves = [Round(sends: $0.sends), Round(receives: $0.receives)]
        return sendsFirst ? halves : halves.reversed()
      }
    }
    #expect(throws: Fault.deadlock(waiting: [0: 0, 1: 0, 2: 0])) {
      try Interpreter.run(split, on: [[1, 2, 3], [1, 2, 3], [1, 2, 3]], add: +)
    }
  }
}
