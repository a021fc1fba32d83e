import Quantities
import Testing
import orrery_bench

@Suite struct LabSimulationTests {
  @Test func `A full frame of 1514 bytes carries 1448 of the ranks'`() {
    var lab = Lab.sample(2, bucket: 15140)
    lab.mtu = 1500
    #expect(isClose(lab.goodput.bytesPerSecond, 25e6 * 1448 / 1514))
    #expect(lab.burst == ByteCount(14480))
  }

  @Test(arguments: [2, 3, 4, 8], [1 << 16, 3 << 20, 24 << 20])
  func `A ring of single ranks takes its volume over the rate`(hosts: Int, bytes: Int) {
    let lab = Lab.sample(hosts)
    let bytes = bytes / (4 * hosts) * 4 * hosts
    let volume = 2 * Double(hosts - 1) / Double(hosts) * Double(bytes)
    let seconds = LabCollective.ring.seconds(lab, bytes: bytes)
    #expect(isClose(seconds, volume / lab.goodput.bytesPerSecond), "\(seconds)")
  }

  @Test(arguments: [1, 2, 4, 8]) func `Ranks of a host share its port`(ranks: Int) {
    // The farthest partners swap halves, both ways: every rank of a host at once.
    let (lab, bytes) = (Lab.sample(2, ranks), 8 << 20)
    let expected = Double(ranks * bytes) / lab.goodput.bytesPerSecond
    let seconds = LabCollective.recursive.seconds(lab, bytes: bytes)
    #expect(isClose(seconds, expected), "\(seconds)")
  }

  @Test(arguments: [2, 3, 4], [2, 4]) func `Hierarchical sends each host's share once around the hosts`(
    hosts: Int, ranks: Int
  ) {
    let (lab, bytes) = (Lab.sample(hosts, ranks), 12 << 20)
    let volume = 2 * Double(hosts - 1) / Double(hosts) * Double(bytes)
    let seconds = LabCollective.hierarchical.seconds(lab, bytes: bytes)
    #expect(isClose(seconds, volume / lab.goodput.bytesPerSecond), "\(seconds)")
  }

  @Test func `Full buckets save their bytes once in each direction`() {
    let (empty, full) = (Lab.sample(2), Lab.sample(2, bucket: 20 << 10))
    // Up the tree one way, down it the other way.
    let saved = 2 * Double(full.burst.value) / full.goodput.bytesPerSecond
    let (slow, quick) = (LabCollective.tree, LabCollective.tree)
    let difference = slow.seconds(empty, bytes: 1 << 20) - quick.seconds(full, bytes: 1 << 20)
    #expect(isClose(difference, saved), "\(difference)")
  }

  @Test(arguments: [2, 3, 5]) func `Small rounds cost two overheads and a latency each`(hosts: Int) {
    let lab = Lab.sample(hosts, bucket: 20 << 10)
    let costs = LabCosts(network: .some, sum: Bandwidth(1e18))
    let seconds = LabCollective.ring.seconds(lab, costs, bytes: 4 * hosts)
    #expect(isClose(seconds, Double(2 * (hosts - 1)) * 30e-6), "\(seconds)")
  }

  @Test func `A sender goes on to its next round when its send buffer has taken this one`() {
    // Down the tree from 0 to 2, then to 1, while 2 sends to 3: beside each other where a buffer holds all, else in turn.
    let bytes = 16 << 20
    let (whole, little) = (Lab.sample(4, window: bytes), Lab.sample(4, window: 1 << 19))
    let once = Double(bytes) / whole.goodput.bytesPerSecond
    let together = LabCollective.tree.seconds(whole, bytes: bytes)
    let inTurn = LabCollective.tree.seconds(little, bytes: bytes)
    #expect(isClose(together, 5 * once))
    #expect(inTurn > 4 * once && inTurn < 4.1 * once, "\(inTurn / once)")
  }

  @Test func `What two hosts send to one comes through its one port`() {
    // Up the tree from 1 and 2 to 0 at once, and down it again.
    let (lab, bytes) = (Lab.sample(3, window: 4 << 20), 4 << 20)
    let seconds = LabCollective.tree.seconds(lab, bytes: bytes)
    #expect(isClose(seconds, 4 * Double(bytes) / lab.goodput.bytesPerSecond), "\(seconds)")
  }

  @Test func `Messages inside a host share its core, and never its port`() {
    let bytes = 4 << 20
    var costs = LabCosts.none
    costs.copy = Bandwidth(1e9)
    let lab = Lab.sample(2, 2, rate: 1e18)
    // Both ranks of a host send half the buffer, twice, through one core.
    let seconds = LabCollective.hierarchical.seconds(lab, costs, bytes: bytes)
    #expect(isClose(seconds, 2 * Double(bytes) / 1e9), "\(seconds)")
  }

  @Test(arguments: Lab.samples, LabCollective.allCases)
  func `A faster port, a bucket, and less to send are never slower`(lab: Lab, collective: LabCollective) {
    guard collective.isOwn(lab) else { return }
    let costs = LabCosts(network: .some, memory: .some, copy: Bandwidth(1e10), sum: Bandwidth(5e9))
    var (faster, bucket) = (lab, lab)
    faster.rate = Bandwidth(2 * lab.rate.bytesPerSecond)
    bucket.bucket = ByteCount(20 << 10)
    let base = collective.seconds(lab, costs, bytes: 1 << 20)
    #expect(base == collective.seconds(lab, costs, bytes: 1 << 20))
    #expect(collective.seconds(faster, costs, bytes: 1 << 20) < base)
    #expect(collective.seconds(bucket, costs, bytes: 1 << 20) < base)
    #expect(collective.seconds(lab, costs, bytes: 1 << 18) < base)
    #expect(collective.seconds(lab, bytes: 1 << 20) < base)
  }
}
