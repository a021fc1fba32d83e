import Foundation
import Program
import Quantities
import Reporting
import Testing
import Timing

/// One event, whoever says it.
private struct Said: Hashable {
  var process, thread, name: String
  var start, duration: Int
  var arguments: [String: Int]
}

struct ChromeTraceTests {
  @Test(arguments: 0..<12, [false, true])
  func `every span and every action is there once, to the picosecond`(_ seed: Int, _ overlapping: Bool) throws {
    let timeline = sampleTimeline(seed: seed, overlapping: overlapping)
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    #expect(counts(said(by: document)) == counts(spans(of: timeline) + actions(of: timeline)))
  }

  @Test(arguments: 0..<12, [false, true])
  func `a thread's events are in order, and none overlaps another in whole nanoseconds`(
    _ seed: Int, _ overlapping: Bool
  ) throws {
    let timeline = sampleTimeline(seed: seed, spans: 3000, overlapping: overlapping)
    for events in try TraceDocument(traceText([(.real, timeline)])).threads.values {
      let pairs = zip(events, events.dropFirst())
      let early = pairs.first { $0.start + $0.duration > $1.start || $0.viewedEnd > $1.viewedStart }
      #expect(early == nil, "\(String(describing: early))")
    }
  }

  @Test(arguments: 0..<12)
  func `what does not overlap needs one thread a stream and one for the actions`(_ seed: Int) throws {
    let timeline = sampleTimeline(seed: seed)
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    let named = document.traceEvents.filter { $0.name == "thread_name" }
    #expect(named.count == timeline.lanes.count + timeline.classes.count)
  }

  @Test func `every lane has its thread, also without spans, from compute down to the host`() throws {
    var timeline = sampleTimeline(seed: 5)
    timeline.spans = []
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    for (index, label) in timeline.classes.enumerated() {
      let process = try #require(document.traceEvents.first { $0.args?["name"] == .text("simulated: \(label)") }).pid
      #expect(document.label("process_sort_index", process) == .number(index))
      #expect(
        rows(of: process, document)
          == ["micro-batches", "compute", "tensor", "pipeline", "gradients", "parameters", "host"])
    }
  }

  @Test func `no two processes or threads share a number`() throws {
    let parts = [(ChromeTrace.Clock.simulated, sampleTimeline(seed: 2)), (.real, sampleTimeline(seed: 8))]
    let document = try TraceDocument(traceText(parts))
    let named = document.traceEvents.filter { ["process_name", "thread_name"].contains($0.name) }
    #expect(Set(named.map { $0.tid ?? $0.pid }).count == named.count)
    let threads = Set(named.map { [$0.pid, $0.tid ?? 0] })
    #expect(document.events("X").allSatisfy { threads.contains([$0.pid, $0.tid ?? 0]) })
  }

  @Test func `the simulated clock and the real one never share a process`() throws {
    let (simulated, real) = (sampleTimeline(seed: 2), sampleTimeline(seed: 5, overlapping: true))
    let document = try TraceDocument(traceText([(.simulated, simulated), (.real, real)]))
    let expected =
      spans(of: simulated) + actions(of: simulated) + spans(of: real, "real on this CPU")
      + actions(of: real, "real on this CPU")
    #expect(counts(said(by: document)) == counts(expected))
    #expect(document.otherData.clocks == ["simulated", "real on this CPU"])
  }

  @Test func `the same timeline is the same bytes`() throws {
    let timeline = sampleTimeline(seed: 9, overlapping: true)
    let keys = (0..<40).map { ("key \($0)", "\($0)") }
    let first = try traceText([(.simulated, timeline)], notes: Dictionary(uniqueKeysWithValues: keys))
    let second = try traceText([(.simulated, timeline)], notes: Dictionary(uniqueKeysWithValues: keys.reversed()))
    #expect(first == second)
  }

  @Test func `any text survives as a name, a label and a note`() throws {
    let text = "a \"quoted\" \\ name\n\ttab \u{1} \u{1f} \u{7f} ∂x/∂w ⊗ 🧮 \u{2028} </script>"
    var timeline = Timeline(
      classes: [text], lanes: [Timeline.Lane(rankClass: 0, stream: .compute)], names: [text])
    timeline.spans = [Timeline.Span(lane: 0, name: 0, start: .start, duration: .zero)]
    let document = try TraceDocument(traceText([(.simulated, timeline)], notes: [text: text]))
    #expect(document.events("X").map(\.name) == [text])
    #expect(document.label("process_name", document.events("X")[0].pid) == .text("simulated: " + text))
    #expect(document.otherData.notes == [text: text])
    #expect(document.otherData.version == ChromeTrace.version)
    #expect(document.displayTimeUnit == "ns")
  }

  @Test func `an empty timeline is a document without events`() throws {
    #expect(try TraceDocument(traceText([])).traceEvents.isEmpty)
    #expect(try TraceDocument(traceText([(.simulated, Timeline())])).traceEvents.isEmpty)
  }

  @Test(arguments: [
    (0, "0"), (1, "0.000001"), (10, "0.00001"), (1_500_000, "1.5"), (1_000_000, "1"), (123_456_789, "123.456789"),
    (9_000_000_000_000_000_001, "9000000000000.000001"), (8_000_000_000_000_000_000, "8000000000000"),
    (-2_500_000, "-2.5"),
    // 1.001 · 1000 is 1000.9999… in binary.
    (1_001_000, "1.0010004"), (1_002_000, "1.002"),
  ])
  func `times are decimal`(_ picoseconds: Int, _ text: String) throws {
    var timeline = Timeline(
      classes: ["one"], lanes: [Timeline.Lane(rankClass: 0, stream: .compute)], names: ["work"])
    timeline.spans = [Timeline.Span(lane: 0, name: 0, start: instant(picoseconds), duration: .zero)]
    #expect(try traceText([(.simulated, timeline)]).contains("\"ts\":\(text),\"dur\":0,"))
  }

  @Test func `spans of a lane that go back in time are refused as a bug of the simulator`() async {
    await #expect(processExitsWith: .failure) {
      var timeline = Timeline(
        classes: ["one"], lanes: [Timeline.Lane(rankClass: 0, stream: .compute)], names: ["work"])
      timeline.spans = [2, 1].map { Timeline.Span(lane: 0, name: 0, start: instant($0), duration: .zero) }
      _ = try traceText([(.simulated, timeline)])
    }
  }
}

private func rows(of process: Int, _ document: TraceDocument) -> [String] {
  let threads = document.traceEvents.filter { $0.name == "thread_name" && $0.pid == process }.compactMap(\.tid)
  let places = threads.compactMap { thread -> (Int, String)? in
    guard case .number(let place) = document.label("thread_sort_index", process, thread),
      case .text(let name) = document.label("thread_name", process, thread)
    else { return nil }
    return (place, name)
  }
  return places.sorted { $0.0 < $1.0 }.map(\.1)
}

private func counts(_ events: [Said]) -> [Said: Int] { Dictionary(grouping: events) { $0 }.mapValues(\.count) }

private func said(by document: TraceDocument) -> [Said] {
  var labels: [[Int?]: String] = [:]
  for event in document.events("M") {
    if case .text(let name)? = event.args?["name"] { labels[[event.pid, event.tid]] = name }
  }
  return document.events("X").map { event in
    let arguments = (event.args ?? [:]).compactMapValues { argument -> Int? in
      if case .number(let value) = argument { value } else { nil }
    }
    return Said(
      process: labels[[event.pid, nil]]!, thread: labels[[event.pid, event.tid]]!, name: event.name,
      start: event.start, duration: event.duration, arguments: arguments)
  }
}

private func spans(of timeline: Timeline, _ clock: String = "simulated") -> [Said] {
  timeline.spans.map { span in
    let lane = timeline.lanes[Int(span.lane)]
    let all = ["stage": Int(span.stage), "microBatch": Int(span.microBatch), "bytes": span.bytes.value]
    return Said(
      process: "\(clock): \(timeline.classes[lane.rankClass])", thread: lane.stream.rawValue,
      name: timeline.names[Int(span.name)], start: span.start.sinceStart.picoseconds,
      duration: span.duration.picoseconds, arguments: all.filter { $0.value > ($0.key == "bytes" ? 0 : -1) })
  }
}

private func actions(of timeline: Timeline, _ clock: String = "simulated") -> [Said] {
  timeline.actions.map { action in
    Said(
      process: "\(clock): \(timeline.classes[Int(action.rankClass)])", thread: "micro-batches",
      name: "\(action.stage)\(timeline.names[Int(action.name)])\(action.microBatch)",
      start: action.start.sinceStart.picoseconds, duration: action.duration.picoseconds,
      arguments: ["stage": Int(action.stage), "microBatch": Int(action.microBatch)])
  }
}
