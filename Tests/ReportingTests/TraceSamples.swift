import Foundation
import Program
import Quantities
import Reporting
import Timing

/// Numbers that look random and repeat with their seed (SplitMix64, Steele et al. 2014).
struct TraceNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: Int) { state = UInt64(seed) }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

/// A timeline of several classes, each with all streams, in the order of its seed: spans one after the other or with gaps, in
/// whole nanoseconds or not, some of no duration, from the start or up to an hour later; memory; actions.
func sampleTimeline(seed: Int, spans: Int = 300, overlapping: Bool = false) -> Timeline {
  var numbers = TraceNumbers(seed: seed)
  var timeline = Timeline(
    classes: (0...seed % 3).map { "stage \($0), \(seed) ranks" }, names: (0..<7).map { "work \($0)" } + ["F", "B"])
  for rankClass in timeline.classes.indices {
    let streams = Stream.allCases.shuffled(using: &numbers)
    timeline.lanes += streams.map { Timeline.Lane(rankClass: rankClass, stream: $0) }
  }
  let unit = seed % 2 == 0 ? 1000 : 1
  let latest = seed % 3 == 0 ? 1 : 3_600_000_000
  var ends = timeline.lanes.map { _ in Int.random(in: 0..<latest, using: &numbers) * 1_000_000 }
  for _ in 0..<spans {
    let lane = Int.random(in: ends.indices, using: &numbers)
    let (gap, long) = ([0, 0, 1, 77].randomElement(using: &numbers)!, Int.random(in: 0..<2_000_000, using: &numbers))
    let (start, duration) = (ends[lane] + gap * unit, (gap == 1 ? 0 : long) * unit)
    timeline.spans.append(sampleSpan(lane, start, duration, &numbers))
    ends[lane] = start + (overlapping ? duration / 3 : duration)
  }
  addMemory(to: &timeline, &numbers)
  addActions(to: &timeline, unit, overlapping, &numbers)
  return timeline
}

private func sampleSpan(_ lane: Int, _ start: Int, _ duration: Int, _ numbers: inout TraceNumbers) -> Timeline.Span {
  Timeline.Span(
    lane: Int32(lane), name: Int32.random(in: 0..<7, using: &numbers), start: instant(start),
    duration: SimDuration(picoseconds: duration), stage: Int32.random(in: -1..<4, using: &numbers),
    microBatch: Int32.random(in: -1..<12, using: &numbers),
    bytes: ByteCount(Int.random(in: 0..<3, using: &numbers) * 99))
}

private func addMemory(to timeline: inout Timeline, _ numbers: inout TraceNumbers) {
  for rankClass in timeline.classes.indices {
    let times = (0..<60).map { _ in Int.random(in: 0..<40, using: &numbers) * 1_234_567 }
    for time in times {
      timeline.memory.append(
        Timeline.MemorySample(
          rankClass: Int32(rankClass), category: MemoryCategory.allCases.dropLast().randomElement(using: &numbers)!,
          time: instant(time), live: ByteCount(Int.random(in: 0..<1 << 40, using: &numbers))))
    }
  }
}

private func addActions(
  to timeline: inout Timeline, _ unit: Int, _ overlapping: Bool, _ numbers: inout TraceNumbers
) {
  for rankClass in timeline.classes.indices {
    var end = 0
    for microBatch in 0..<8 {
      let duration = Int.random(in: 1..<9_999_999, using: &numbers) * unit
      timeline.actions.append(
        Timeline.Action(
          rankClass: Int32(rankClass), name: Int32(7 + microBatch % 2), stage: Int32(rankClass),
          microBatch: Int32(microBatch), start: instant(end), duration: SimDuration(picoseconds: duration)))
      end += overlapping ? duration / 2 : duration
    }
  }
}

func instant(_ picoseconds: Int) -> SimInstant { SimInstant(SimDuration(picoseconds: picoseconds)) }

/// The text of the file that the timelines are written to.
func traceText(
  _ parts: [(clock: ChromeTrace.Clock, timeline: Timeline)], notes: [String: String] = [:]
) throws -> String {
  try withScratchFile { path in
    try ChromeTrace(parts, notes: notes).write(to: path)
    return try contents(path)
  }
}
