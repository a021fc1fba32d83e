import EventSimulation
import Quantities
import Testing
import orrery_bench

@Suite struct ShapedNetworkTests {
  private let rate = Bandwidth(1e6)

  /// Microseconds, rounded, that a message takes which starts after `after` microseconds.
  private func time(_ network: inout ShapedNetwork, _ bytes: Int, _ route: [FlowNetwork.Link], after: Int) -> Int? {
    let start = SimInstant(SimDuration(picoseconds: after * 1_000_000))
    _ = network.advance(to: start)
    _ = network.start(ByteCount(bytes), over: route)
    guard let end = network.nextEnd() else { return nil }
    _ = network.advance(to: end)
    return Int(((end - start).seconds * 1e6).rounded())
  }

  @Test func `What the bucket holds passes at once; it fills again at the rate, and never beyond its size`() {
    var network = ShapedNetwork()
    let link = network.addLink(rate, bucket: ByteCount(1000))
    var times: [Int?] = []
    // 600 of 1000; then 400 are left, and 200 have come; then none but 100; then all again.
    for (bytes, after) in [(600, 0), (900, 200), (300, 600), (1500, 100_000)] {
      times.append(time(&network, bytes, [link], after: after))
    }
    #expect(times == [0, 300, 200, 500])
  }

  @Test func `A route passes at once what each of its buckets holds, and takes it from all`() {
    var network = ShapedNetwork()
    let (narrow, wide) = (network.addLink(rate, bucket: ByteCount(300)), network.addLink(rate, bucket: ByteCount(1000)))
    let first = time(&network, 500, [narrow, wide], after: 0)
    let second = time(&network, 1000, [wide], after: 200)
    // 700 were left in the wide one: what moved at its rate took what came in.
    #expect(first == 200)
    #expect(second == 300)
  }

  @Test func `A link without a bucket gives nothing away`() {
    var network = ShapedNetwork()
    let links = [network.addLink(rate, bucket: ByteCount(1000)), network.addLink(rate)]
    let time = time(&network, 500, links, after: 10)
    #expect(time == 500)
  }
}
