import Program
import Quantities
import TestSupport
import Testing
import Timing

@Suite struct MessageOrderTests {
  /// Start and end of each message, in the order of their starts.
  private func messages(_ tracks: [RankTrack], hop: Int) throws -> [[Int]] {
    let step = try simulate(tracks, CountedPricing(hop: hop), records: true)
    let timeline = try #require(step.timeline)
    return timeline.spans.filter { timeline.names[Int($0.name)] == "pp send" }
      .map { [$0.start.sinceStart.picoseconds, ($0.start + $0.duration).sinceStart.picoseconds] }
      .sorted { $0[0] < $1[0] }
  }

  @Test func `messages of a pair go one behind the other`() throws {
    let sender = track(0, [.send(1, to: 1), .send(2, to: 1), .sent(1, to: 1), .sent(2, to: 1)])
    let receiver = track(
      1, [.receive(1, from: 0), .receive(2, from: 0), .received(1, from: 0), .received(2, from: 0)])
    #expect(try messages([sender, receiver], hop: 10) == [[0, 10], [10, 20]])
  }

  @Test func `messages of different pairs go side by side, and so do those back`() throws {
    let first = track(
      0,
      [
        .receive(3, from: 1), .send(1, to: 1), .send(2, to: 2), .sent(1, to: 1), .sent(2, to: 2), .received(3, from: 1),
      ])
    let second = track(1, [.receive(1, from: 0), .send(3, to: 0), .received(1, from: 0), .sent(3, to: 0)])
    let third = track(2, [.receive(2, from: 0), .received(2, from: 0)])
    #expect(try messages([first, second, third], hop: 10) == [[0, 10], [0, 10], [0, 10]])
  }

  @Test func `nothing flows before the receiver has a place for it`() throws {
    let sender = track(0, [.send(1, to: 1), .sent(1, to: 1)])
    let receiver = track(1, [.work(40)] + Trace.Node.handOver(0) + [.receive(1, from: 0), .received(1, from: 0)])
    #expect(try messages([sender, receiver], hop: 10) == [[40, 50]])
  }

  @Test func `messages that waited for a place still go one behind the other`() throws {
    let sender = track(0, [.send(1, to: 1), .send(2, to: 1), .sent(1, to: 1), .sent(2, to: 1)])
    let receiver = track(
      1,
      [.work(40)] + Trace.Node.handOver(0)
        + [.receive(1, from: 0), .receive(2, from: 0), .received(1, from: 0), .received(2, from: 0)])
    #expect(try messages([sender, receiver], hop: 10) == [[40, 50], [50, 60]])
  }

  @Test func `a pair's messages go in the order of their places, whatever the order in which they are sent`() throws {
    let sender = track(
      0, [.send(1, to: 1), .work(3)] + Trace.Node.handOver(0) + [.send(2, to: 1), .sent(2, to: 1), .sent(1, to: 1)])
    let receiver = track(
      1, [.receive(2, from: 0), .receive(1, from: 0), .received(2, from: 0), .received(1, from: 0)])
    #expect(try messages([sender, receiver], hop: 10) == [[3, 13], [13, 23]])
  }

  @Test func `ranks that wait for each other are named, with where they stand`() throws {
    let tracks = [
      track(0, [.received(1, from: 1), .send(2, to: 1)]), track(1, [.work(3), .received(2, from: 0), .send(1, to: 0)]),
      track(2, [.work(5)]),
    ]
    let error = #expect(throws: SimulationError.self) { try simulate(tracks) }
    #expect(
      error?.description
        == "the step does not end: rank 0 waits at item 0 of its trace, rank 1 waits at item 1 of its trace")
  }

  @Test func `a collective that one rank never comes to does not begin`() throws {
    let tracks = [track(0, [.sum(1, over: [0, 1], rank: 0)]), track(1, [.work(1)])]
    #expect(throws: SimulationError.self) { try simulate(tracks) }
  }
}
