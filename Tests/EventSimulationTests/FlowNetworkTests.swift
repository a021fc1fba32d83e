import EventSimulation
import Quantities
import Testing

@Suite struct FlowNetworkTests {
  private let rate = Bandwidth(1e9)

  @Test func `One flow takes its bytes over the narrowest link`() throws {
    var network = FlowNetwork()
    let links = [network.addLink(Bandwidth(2e9)), network.addLink(rate)]
    let flow = network.start(ByteCount(1_000_000), over: links)
    let next = network.nextEnd()
    let end = try #require(next)
    #expect(end.sinceStart == SimDuration(seconds: 1e-3))
    let ended = network.advance(to: end)
    #expect(ended == [flow])
    #expect(network.isIdle)
    #expect(network.carried == [1_000_000, 1_000_000])
  }

  @Test func `Flows on one link share it, and speed up when another ends`() throws {
    var network = FlowNetwork()
    let link = network.addLink(rate)
    let short = network.start(ByteCount(1_000_000), over: [link])
    let long = network.start(ByteCount(3_000_000), over: [link])
    var next = network.nextEnd()
    let first = try #require(next)
    #expect(first.sinceStart == SimDuration(seconds: 2e-3))
    let endedFirst = network.advance(to: first)
    #expect(endedFirst == [short])
    next = network.nextEnd()
    let second = try #require(next)
    #expect(second.sinceStart == SimDuration(seconds: 4e-3))
    let endedSecond = network.advance(to: second)
    #expect(endedSecond == [long])
  }

  /// The textbook's line network: one flow over both links, one on each; the second link is wider.
  @Test func `Shares are max-min fair`() {
    var network = FlowNetwork()
    let (narrow, wide) = (network.addLink(Bandwidth(2)), network.addLink(Bandwidth(10)))
    let both = network.start(ByteCount(1000), over: [narrow, wide])
    let first = network.start(ByteCount(1000), over: [narrow])
    let second = network.start(ByteCount(1000), over: [wide])
    let rates = [both, first, second].map { network.rate(of: $0)!.bytesPerSecond }
    #expect(rates == [1, 1, 9])
  }

  @Test func `The law of fairness refuses equal shares that leave room, and shares beyond a link's capacity`() {
    let routes = [[0, 1], [0], [1]]
    #expect(isMaxMinFair([1, 1, 9], routes, [2, 10]))
    #expect(!isMaxMinFair([1, 1, 5], routes, [2, 10]))
    #expect(!isMaxMinFair([0.5, 1.5, 9.5], routes, [2, 10]))
    #expect(!isMaxMinFair([1.1, 1.1, 8.9], routes, [2, 10]))
  }

  @Test func `A flow takes no more than its ends do, and leaves the rest to others`() {
    var network = FlowNetwork()
    let link = network.addLink(Bandwidth(10))
    let slow = network.start(ByteCount(1000), over: [link], limit: Bandwidth(2))
    let other = network.start(ByteCount(1000), over: [link])
    let rates = [slow, other].map { network.rate(of: $0)!.bytesPerSecond }
    #expect(rates == [2, 8])
  }

  @Test(arguments: 1...40) func `Random networks: no link is over its capacity, every flow has a full link or limit`(
    seed: Int
  ) {
    var random = Numbers(state: UInt64(seed))
    var network = FlowNetwork()
    let capacities = (0..<random.next(8)).map { _ in Double(random.next(1000)) }
    let links = capacities.map { network.addLink(Bandwidth($0)) }
    var routes: [(flow: FlowNetwork.Flow, route: [Int])] = []
    for _ in 0..<random.next(30) {
      let route = Array(Set((0..<random.next(4)).map { _ in random.next(links.count) - 1 })).sorted()
      routes.append((network.start(ByteCount(random.next(100_000)), over: route.map { links[$0] }), route))
    }
    let rates = routes.map { network.rate(of: $0.flow)!.bytesPerSecond }
    #expect(isMaxMinFair(rates, routes.map(\.route), capacities))
    var carried = 0.0
    var ended = 0
    while let end = network.nextEnd() { ended += network.advance(to: end).count }
    carried = network.carried.reduce(0, +)
    #expect(ended == routes.count)
    #expect(carried > 0)
  }
}

/// No link is over its capacity, and on some full link of its route no flow is faster.
private func isMaxMinFair(_ rates: [Double], _ routes: [[Int]], _ capacities: [Double]) -> Bool {
  var used = Array(repeating: 0.0, count: capacities.count)
  for (rate, route) in zip(rates, routes) { for link in route { used[link] += rate } }
  let full = used.indices.filter { used[$0] >= capacities[$0] * (1 - 1e-9) }
  return zip(used, capacities).allSatisfy { $0 <= $1 * (1 + 1e-9) }
    && zip(rates, routes).allSatisfy { rate, route in
      route.contains { link in
        full.contains(link) && zip(rates, routes).allSatisfy { !$1.contains(link) || $0 <= rate * (1 + 1e-9) }
      }
    }
}

/// Reproducible whole numbers from 1 on.
private struct Numbers {
  var state: UInt64

  mutating func next(_ most: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return 1 + Int(state >> 33) % most
  }
}
