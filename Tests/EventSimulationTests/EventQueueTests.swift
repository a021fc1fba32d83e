import EventSimulation
import Quantities
import Testing

@Suite struct EventQueueTests {
  @Test func `Events come in the order of their time, equal times in the order of scheduling`() {
    var queue = EventQueue<Int>()
    var state: UInt64 = 9
    var expected: [(time: Int, number: Int)] = []
    for number in 0..<2000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let time = Int(state >> 56)
      queue.schedule(number, at: SimInstant(SimDuration(picoseconds: time)))
      expected.append((time, number))
    }
    expected.sort { $0 < $1 }
    var taken: [(time: Int, number: Int)] = []
    while let event = queue.next() { taken.append((queue.now.sinceStart.picoseconds, event)) }
    #expect(taken.map(\.number) == expected.map(\.number))
    #expect(taken.map(\.time) == expected.map(\.time))
    #expect(queue.isEmpty)
  }

  @Test func `The clock follows the events, and delays count from it`() {
    var queue = EventQueue<String>()
    queue.schedule("b", after: SimDuration(picoseconds: 5))
    queue.schedule("a", after: SimDuration(picoseconds: 2))
    var taken = [queue.next()]
    queue.schedule("c", after: SimDuration(picoseconds: 3))
    for _ in 0..<3 { taken.append(queue.next()) }
    #expect(taken == ["a", "b", "c", nil])
    #expect(queue.now == SimInstant(SimDuration(picoseconds: 5)))
  }
}
