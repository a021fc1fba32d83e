import Collectives
import Mesh
package import Program
package import Quantities

/// A step as it really took place on one rank: what it did, and what a clock said on the way.
package struct MeasuredStep: Sendable {
  package var label: String
  package var trace: Trace
  /// What the rank holds between steps.
  package var standing: [MemoryCategory: ByteCount]
  /// Nanoseconds of a clock that all ranks share.
  package var began: Int
  /// Nanoseconds since then, in the trace's order: when memory was taken or given back, when work started, when it ended.
  package var readings: [Int]

  package init(
    label: String, trace: Trace, standing: [MemoryCategory: ByteCount], began: Int, readings: [Int]
  ) {
    precondition(readings.count == trace.readings, "\(readings.count) readings of \(trace.readings)")
    (self.label, self.trace, self.standing) = (label, trace, standing)
    (self.began, self.readings) = (began, readings)
  }
}

extension Trace {
  /// How often a clock is read in the step.
  package var readings: Int { nodes.reduce(0) { $0 + $1.readings } }
}

extension Trace.Node {
  /// Start and end of what takes time, one moment for memory.
  fileprivate var readings: Int {
    switch self {
    case .operation, .transfer, .post, .complete: 2
    case .allocate, .free: 1
    case .record, .wait, .phase, .passage: 0
    }
  }
}

extension Timeline {
  /// Ranks side by side, each a class of its own; time counts from the first one's beginning.
  ///
  /// A CPU does one thing at a time: spans lie on the streams that the program gave them, and never overlap on a rank.
  package init(measured steps: [MeasuredStep]) {
    let start = steps.map(\.began).min() ?? 0
    var names = NameTable()
    self.init(
      classes: steps.map(\.label),
      lanes: steps.indices.flatMap { rank in Program.Stream.inOrder.map { Lane(rankClass: rank, stream: $0) } })
    for (rank, step) in steps.enumerated() {
      var player = MeasuredPlayer(rank, step, shift: step.began - start)
      player.play(into: &self, &names)
    }
    self.names = names.names
  }
}

/// Goes through one rank's step and its readings.
private struct MeasuredPlayer {
  private let rank: Int
  private let step: MeasuredStep
  private let shift: Int
  private var next = 0
  private var live: [MemoryCategory: ByteCount]
  private var passage: Passage?
  /// Start and end of the work of the passage at hand.
  private var worked: (start: SimInstant, end: SimInstant)?

  init(_ rank: Int, _ step: MeasuredStep, shift: Int) {
    (self.rank, self.step, self.shift, live) = (rank, step, shift, step.standing)
  }

  mutating func play(into timeline: inout Timeline, _ names: inout NameTable) {
    for category in MemoryCategory.allCases where live[category] != nil { sample(category, at: .start, &timeline) }
    for node in step.trace.nodes {
      switch node {
      case .allocate(let bytes, let category): hold(bytes, category, &timeline)
      case .free(let bytes, let category): hold(.zero - bytes, category, &timeline)
      case .operation(let operation, let stream): work(operation.name, .zero, stream, &timeline, &names)
      case .transfer(let transfer, let stream):
        let name = "\(transfer.scope.rawValue) \(transfer.kind.rawValue)"
        work(name, ByteCount(transfer.count, of: transfer.type), stream, &timeline, &names)
      case .post(let message, let stream):
        work("post \(message.direction.rawValue)", message.sentBytes, stream, &timeline, &names)
      case .complete(let message, let stream):
        work("wait for \(message.direction.rawValue)", .zero, stream, &timeline, &names)
      case .passage(let passage):
        close(&timeline, &names)
        self.passage = passage
      case .record, .wait, .phase: break
      }
    }
    close(&timeline, &names)
  }

  private mutating func reading() -> SimInstant {
    defer { next += 1 }
    return SimInstant(SimDuration(picoseconds: (shift + step.readings[next]) * 1000))
  }

  private mutating func hold(_ bytes: ByteCount, _ category: MemoryCategory, _ timeline: inout Timeline) {
    live[category, default: .zero] += bytes
    sample(category, at: reading(), &timeline)
  }

  private func sample(_ category: MemoryCategory, at time: SimInstant, _ timeline: inout Timeline) {
    timeline.memory.append(
      Timeline.MemorySample(rankClass: Int32(rank), category: category, time: time, live: live[category]!))
  }

  private mutating func work(
    _ name: String, _ bytes: ByteCount, _ stream: Program.Stream, _ timeline: inout Timeline, _ names: inout NameTable
  ) {
    let (start, end) = (reading(), reading())
    worked = (worked?.start ?? start, end)
    timeline.spans.append(
      Timeline.Span(
        lane: Int32(rank * Program.Stream.inOrder.count + Int(stream.place)), name: names.index(of: name),
        start: start, duration: end - start, stage: Int32(passage?.stage ?? -1),
        microBatch: Int32(passage?.microBatch ?? -1), bytes: bytes))
  }

  /// The passage at hand has done its work.
  private mutating func close(_ timeline: inout Timeline, _ names: inout NameTable) {
    defer { worked = nil }
    guard let passage, let worked else { return }
    timeline.actions.append(
      Timeline.Action(
        rankClass: Int32(rank), name: names.index(of: passage.kind.rawValue), stage: Int32(passage.stage),
        microBatch: Int32(passage.microBatch), start: worked.start, duration: worked.end - worked.start))
  }
}
