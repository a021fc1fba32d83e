import Program
import Quantities

/// Writes down what a simulation does.
final class TimelineRecorder {
  private var timeline: Timeline
  private let categories = MemoryCategory.allCases.sorted { $0.place < $1.place }
  private var live: [[Int]]
  /// Per track, when memory has changed last, and the categories as bits.
  private var changes: [(time: Int, categories: Int)]
  private let messageName: Int32
  private let kinds: [Passage.Kind: Int32]
  /// Of the passage at hand, per track: when its first work started.
  private var opened: [Int?]

  init(_ tracks: [RankTrack], _ names: NameTable) {
    var names = names
    messageName = names.index(of: "pp send")
    kinds = Dictionary(uniqueKeysWithValues: Passage.Kind.allCases.map { ($0, names.index(of: $0.rawValue)) })
    timeline = Timeline(
      classes: tracks.map(\.label),
      lanes: tracks.indices.flatMap { track in Program.Stream.inOrder.map { .init(rankClass: track, stream: $0) } },
      names: names.names)
    live = tracks.map { [categories] track in categories.map { (track.standing[$0] ?? .zero).value } }
    changes = tracks.map { _ in (0, 0) }
    opened = tracks.map { _ in nil }
    for (track, amounts) in live.enumerated() {
      for (category, bytes) in zip(categories, amounts) where bytes > 0 {
        timeline.memory.append(
          Timeline.MemorySample(
            rankClass: Int32(track), category: category, time: .start, live: ByteCount(bytes)))
      }
    }
  }

  func span(_ instruction: Instruction, _ track: Int, _ passage: Passage?, start: Int) {
    if instruction.stream == 0, passage != nil, opened[track] == nil { opened[track] = start }
    timeline.spans.append(
      Timeline.Span(
        lane: lane(track, instruction.stream), name: instruction.name, start: .at(start),
        duration: SimDuration(picoseconds: instruction.duration), stage: Int32(passage?.stage ?? -1),
        microBatch: Int32(passage?.microBatch ?? -1), bytes: ByteCount(instruction.bytes)))
  }

  func message(_ message: Message, _ track: Int, start: Int, end: Int) {
    timeline.spans.append(
      Timeline.Span(
        lane: lane(track, Program.Stream.pipeline.place), name: messageName, start: .at(start),
        duration: SimDuration(picoseconds: end - start), bytes: message.bytes))
  }

  func memory(_ instruction: Instruction, _ track: Int, _ time: Int) {
    if time > changes[track].time { sample(track) }
    let category = Int(instruction.activity)
    live[track][category] += instruction.bytes
    changes[track].time = time
    changes[track].categories |= 1 << category
  }

  /// Writes down what has changed at the last instant at which something has.
  private func sample(_ track: Int) {
    for (category, name) in categories.enumerated() where changes[track].categories >> category & 1 == 1 {
      timeline.memory.append(
        Timeline.MemorySample(
          rankClass: Int32(track), category: name, time: .at(changes[track].time),
          live: ByteCount(live[track][category])))
    }
    changes[track].categories = 0
  }

  /// The passage at hand has done its work.
  func leave(_ track: Int, _ passage: Passage?, at time: Int) {
    guard let passage, let start = opened[track] else { return }
    opened[track] = nil
    timeline.actions.append(
      Timeline.Action(
        rankClass: Int32(track), name: kinds[passage.kind]!, stage: Int32(passage.stage),
        microBatch: Int32(passage.microBatch), start: .at(start), duration: SimDuration(picoseconds: time - start)))
  }

  private func lane(_ track: Int, _ stream: UInt8) -> Int32 {
    Int32(track * Program.Stream.inOrder.count + Int(stream))
  }

  /// The timeline, each lane's spans by start.
  func finished() -> Timeline {
    for track in changes.indices { sample(track) }
    var result = timeline
    let order = timeline.spans.indices.sorted {
      let (a, b) = (timeline.spans[$0], timeline.spans[$1])
      return (a.lane, a.start, $0) < (b.lane, b.start, $1)
    }
    result.spans = order.map { timeline.spans[$0] }
    return result
  }
}

extension SimInstant {
  fileprivate static func at(_ picoseconds: Int) -> SimInstant { SimInstant(SimDuration(picoseconds: picoseconds)) }
}
