import Cluster
import NetworkModel
import Quantities
import Testing
import Timing

@Suite struct MessageScheduleTests {
  @Test(arguments: [(16, 16, 1), (16, 4, 1), (16, 4, 4), (16, 2, 8), (24, 3, 2), (24, 3, 8)])
  func `groups side by side have each GPU once, and ranks a stride apart`(gpus: Int, size: Int, stride: Int) {
    let groups = GroupsSideBySide(gpus: gpus, size: size, stride: stride)
    #expect(groups.ranks.count == groups.count && groups.ranks.allSatisfy { $0.count == size })
    #expect(groups.ranks.joined().sorted() == Array(0..<gpus))
    for group in groups.ranks { #expect(zip(group, group.dropFirst()).allSatisfy { $1 - $0 == stride }) }
  }

  @Test func `levels want equal parts of several domains, and a switch wants one`() throws {
    let box = try ReadyMade.cluster("hgx-h100", gpus: 32)
    func fits(_ schedule: MessageSchedule, _ gpus: [Int]) -> Bool { schedule.fits(gpus, of: box) }
    #expect(fits(.hierarchical, Array(0..<32)) && fits(.hierarchical, Array(4..<12)))
    #expect(fits(.hierarchical, [0, 4, 8, 12]))
    #expect(!fits(.hierarchical, Array(0..<8)) && !fits(.hierarchical, [0, 8, 16, 24]))
    #expect(!fits(.hierarchical, Array(6..<12)) && !fits(.hierarchical, [0, 8, 1, 9]))
    #expect(fits(.inSwitch, Array(0..<8)) && !fits(.inSwitch, Array(0..<16)) && !fits(.inSwitch, [7, 8]))
    #expect(!MessageSchedule.inSwitch.fits([0, 1], of: try ReadyMade.cluster("dgx-a100-80")))
    let rack = try ReadyMade.cluster("gb200-nvl72", gpus: 144)
    #expect(MessageSchedule.inSwitch.fits(Array(0..<72), of: rack))
    #expect(!MessageSchedule.hierarchical.fits(Array(0..<72), of: rack))
    #expect(MessageSchedule.hierarchical.fits(Array(0..<144), of: rack))
  }

  /// What all ranks send for S bytes: 2(n - 1)·S of all-reduces, (n - 1)·S of all other kinds, for shards as for blocks.
  @Test(arguments: [MessageSchedule.ring, .hierarchical, .pairwise], [2, 6, 16])
  func `a pattern sends the bytes of its kind, rounded up to whole values`(schedule: MessageSchedule, each: Int) throws
  {
    let cluster = try ReadyMade.cluster("hgx-h100", gpus: 16)
    let gpus = Array(0..<each / 2) + (0..<each / 2).map { 8 + $0 }
    for kind in CollectiveRequest.Kind.allCases where MessageSchedule.all(of: kind).contains(schedule) {
      guard schedule.fits(gpus, of: cluster) else { continue }
      for bytes in [1, 1000, 1 << 20] {
        let value = 4 * each
        let whole = (bytes + value - 1) / value * value
        let passes = kind == .allReduce ? 2 : 1
        let pattern = schedule.pattern(of: kind, ByteCount(bytes), on: gpus, of: cluster)
        #expect(
          pattern.ranks == each && pattern.bytes.value == passes * (each - 1) * whole, "\(kind.rawValue) of \(bytes)")
      }
    }
  }

  @Test func `the busiest link is the one that needs longest for its bytes`() throws {
    let simulation = try ReadyMade.simulation("hgx-h100", gpus: 16)
    let cluster = simulation.topology.description
    let gpus = Array(0..<16)
    let pattern = MessageSchedule.ring.pattern(of: .allReduce, ByteCount(1 << 24), on: gpus, of: cluster)
    let result = try simulation.run([CollectiveSimulation.Group(pattern, on: gpus)])
    let busiest = try #require(simulation.busiest(result))
    let link = simulation.topology.links[busiest.link]
    // All links of a ring carry the same; a card is slower than NVLink and PCIe.
    #expect(link.kind == .infiniband && busiest.bytes == ByteCount(30 << 20))
    let none = try simulation.run([CollectiveSimulation.Group(MessagePattern(ranks: 2, phases: []), on: [0, 1])])
    #expect(simulation.busiest(none) == nil)
  }
}
