import Collectives
import Quantities
import Testing
import orrery_bench

@Suite struct RankProgramTests {
  @Test(arguments: Lab.samples, LabCollective.allCases)
  func `Every message that is sent is received, in the order of its connection`(
    lab: Lab, collective: LabCollective
  ) {
    guard collective.isOwn(lab) else { return }
    let programs = collective.programs(lab, count: 1003, segment: 50)
    let sent = programs.flatMap { $0.actions.compactMap(\.sent) }
    let received = programs.flatMap { $0.actions.compactMap(\.received) }
    #expect(sent.count == received.count && Set(sent) == Set(received) && Set(sent).count == sent.count)
  }

  @Test(arguments: Lab.samples, [CollectiveAlgorithm.ring, .recursive, .tree])
  func `Segments add up to the schedule's volume`(lab: Lab, algorithm: CollectiveAlgorithm) throws {
    let schedule = CollectiveSchedule(.allReduce, algorithm: algorithm, ranks: lab.ranks, count: 1003)
    let collective = try #require(LabCollective(rawValue: algorithm.rawValue))
    for segment in [7, 50, 5000] {
      let programs = collective.programs(lab, count: 1003, segment: segment)
      let lengths = programs.flatMap { $0.actions.compactMap(\.bytes) }
      #expect(lengths.reduce(0, +) == 4 * schedule.totalSentElements)
      #expect(lengths.allSatisfy { $0 > 0 && $0 <= 4 * segment })
    }
  }

  @Test func `In a round of several segments each is sent before the one before is received`() {
    let program = LabCollective.ring.programs(.sample(2), count: 400, segment: 50)[0]
    #expect(program.actions.map(\.letter).joined() == "ssrsrsrrddddssrsrsrrdddd")
  }

  @Test(arguments: [(2, 2), (3, 2), (2, 4), (4, 2)])
  func `Hierarchical sends the least between hosts`(hosts: Int, ranks: Int) {
    let lab = Lab.sample(hosts, ranks)
    let across = { (collective: LabCollective) in
      collective.programs(lab, count: 960, segment: 50).flatMap(\.actions).reduce(0) { total, action in
        guard let message = action.sent, lab.host(of: message.from) != lab.host(of: message.to) else { return total }
        return total + action.bytes!
      }
    }
    #expect(across(.hierarchical) == 2 * (hosts - 1) * 960 * 4)
    for other in [LabCollective.ring, .recursive, .tree] { #expect(across(other) >= across(.hierarchical)) }
  }
}

extension RankProgramTests {
  @Test(arguments: [2, 3], [2, 4]) func `Between hosts, the shards of a host's ranks are the buffer`(
    hosts: Int, ranks: Int
  ) {
    let lab = Lab.sample(hosts, ranks)
    var end = 0
    for rank in 0..<ranks {
      let between = LabCollective.hierarchical.phases(of: rank, lab, count: 1003)[1]
      #expect(between.offset == end && between.group == (0..<hosts).map { $0 * ranks + rank })
      end += between.schedule.count
    }
    #expect(end == 1003)
  }
}

extension LabProgram.Action {
  fileprivate var letter: String {
    switch self {
    case .send: "s"
    case .receive: "r"
    case .departure: "d"
    }
  }

  fileprivate var sent: LabProgram.Message? {
    guard case .send(let message, _) = self else { return nil }
    return message
  }

  fileprivate var bytes: Int? {
    guard case .send(_, let bytes) = self else { return nil }
    return bytes.value
  }

  fileprivate var received: LabProgram.Message? {
    guard case .receive(let message, _) = self else { return nil }
    return message
  }
}
