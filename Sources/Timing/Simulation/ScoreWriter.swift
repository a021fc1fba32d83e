import Collectives
import Mesh
import Program
import Quantities

/// Turns segments into instructions with times.
struct ScoreWriter {
  private let pricing: any StepPricing
  private let rank: Int
  /// Every kernel takes so many times as long; what the host does for the GPU does not.
  private let slowdown: Double
  private let streams: StepSimulation.Streams
  private let recordsMemory: Bool
  /// The meeting of a collective, where other tracks take part.
  private let meeting: (Transfer) -> Int?

  init(
    _ pricing: any StepPricing, rank: Int, slowdown: Double, _ streams: StepSimulation.Streams, recordsMemory: Bool,
    meeting: @escaping (Transfer) -> Int?
  ) {
    (self.pricing, self.rank, self.slowdown) = (pricing, rank, slowdown)
    (self.streams, self.recordsMemory, self.meeting) = (streams, recordsMemory, meeting)
  }

  func score(_ segment: FoldedTrace.Segment, _ names: inout NameTable) throws -> Score {
    var trace = Trace()
    trace.nodes = [.phase(segment.phase)] + segment.nodes
    let works = try pricing.work(of: trace, rank: rank)
    var (score, next) = (Score(), 0)
    score.instructions.reserveCapacity(works.count)
    for (place, node) in trace.nodes.enumerated() {
      while next < works.count, works[next].node <= place {
        score.instructions.append(instruction(works[next], &names))
        next += 1
      }
      if let instruction = try instruction(node, &names) { score.instructions.append(instruction) }
    }
    score.events = segment.events
    return score
  }

  private func instruction(_ work: PricedWork, _ names: inout NameTable) -> Instruction {
    let isSlow = slowdown != 1 && work.stream != .host
    let duration = isSlow ? SimDuration(seconds: work.duration.seconds * slowdown) : work.duration
    return Instruction(
      kind: .work, stream: place(work.stream), activity: UInt8(work.activity.rawValue),
      name: names.index(of: work.name),
      duration: duration.picoseconds, issue: work.issue.picoseconds)
  }

  private func instruction(_ node: Trace.Node, _ names: inout NameTable) throws -> Instruction? {
    switch node {
    case .transfer(let transfer, let stream):
      let duration = try pricing.duration(of: transfer)
      let meeting = meeting(transfer)
      return Instruction(
        kind: meeting == nil ? .collective : .meeting, stream: place(stream),
        activity: UInt8(Activity(communicating: transfer.scope).rawValue), index: Int32(meeting ?? 0),
        name: names.index(of: "\(transfer.scope.rawValue) \(transfer.kind.rawValue)"), duration: duration.picoseconds,
        bytes: ByteCount(transfer.count, of: transfer.type).value)
    case .record(let event, let stream):
      return Instruction(kind: .record, stream: place(stream), activity: 0, index: Int32(event.index))
    case .wait(let event, let stream):
      return Instruction(kind: .wait, stream: place(stream), activity: 0, index: Int32(event.index))
    case .allocate(let bytes, let category): return memory(bytes.value, category)
    case .free(let bytes, let category): return memory(-bytes.value, category)
    case .operation, .phase, .passage, .post, .complete: return nil
    }
  }

  private func place(_ stream: Program.Stream) -> UInt8 {
    switch (stream, streams) {
    case (.parameters, .gradientsAfterBackward): Program.Stream.compute.place
    default: stream.place
    }
  }

  private func memory(_ bytes: Int, _ category: MemoryCategory) -> Instruction? {
    guard recordsMemory else { return nil }
    return Instruction(kind: .memory, stream: 0, activity: UInt8(category.place), bytes: bytes)
  }
}

/// Names, each once.
struct NameTable {
  private(set) var names: [String] = []
  private var places: [String: Int32] = [:]

  mutating func index(of name: String) -> Int32 {
    if let place = places[name] { return place }
    places[name] = Int32(names.count)
    names.append(name)
    return Int32(names.count - 1)
  }
}

extension Program.Stream {
  /// Among all streams.
  var place: UInt8 {
    switch self {
    case .compute: 0
    case .gradients: 1
    case .parameters: 2
    case .pipeline: 3
    case .tensor: 4
    case .host: 5
    }
  }

  static let inOrder: [Program.Stream] = [.compute, .gradients, .parameters, .pipeline, .tensor, .host]
}
