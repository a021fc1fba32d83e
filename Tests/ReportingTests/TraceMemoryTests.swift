import Foundation
import Program
import Quantities
import Reporting
import Testing
import Timing

struct TraceMemoryTests {
  @Test(arguments: 0..<12)
  func `counters hold what each category holds, at every sample`(_ seed: Int) throws {
    let timeline = sampleTimeline(seed: seed, spans: 0)
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    for (index, label) in timeline.classes.enumerated() {
      let process = try #require(document.traceEvents.first { $0.args?["name"] == .text("simulated: \(label)") }).pid
      let own = timeline.memory.filter { $0.rankClass == Int32(index) }
      for (name, onDevice) in [("memory", true), ("memory on the host", false)] {
        let events = document.events("C").filter { $0.pid == process && $0.name == name }
        try check(events, own.filter { $0.category.isOnDevice == onDevice })
      }
    }
  }

  @Test func `a category that a class never has is no series of it`() throws {
    var timeline = Timeline(classes: ["one", "two"])
    timeline.memory = [sample(0, .gradients, 0, 1), sample(1, .offloaded, 0, 2)]
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    #expect(document.events("C").map { $0.args! } == [["gradients": .number(1)], ["offloaded": .number(2)]])
  }

  @Test func `categories of an instant share an event, and a peak of no duration has one of its own`() throws {
    var timeline = Timeline(classes: ["one"])
    timeline.memory = [
      sample(0, .gradients, 5, 1), sample(0, .workspace, 5, 9),
      sample(0, .workspace, 5, 0), sample(0, .gradients, 5, 2),
    ]
    let document = try TraceDocument(traceText([(.simulated, timeline)]))
    #expect(
      document.events("C").map { $0.args! } == [
        ["gradients": .number(1), "workspace": .number(9)], ["gradients": .number(2), "workspace": .number(0)],
      ])
  }

  /// Played in order, the events pass through the samples' values, and never show anything else.
  private func check(_ events: [TraceDocument.Event], _ samples: [Timeline.MemorySample]) throws {
    let ordered = samples.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
    for category in Set(samples.map(\.category)) {
      let own = ordered.map(\.element).filter { $0.category == category }
      let expected = own.map { [$0.time.sinceStart.picoseconds, $0.live.value] }
      let shown = try events.map { event -> [Int] in
        guard case .number(let live)? = event.args?[category.rawValue] else { throw TraceSurprise() }
        return [event.start, live]
      }
      var last = 0
      let changes = shown.filter { shown in
        defer { last = shown[1] }
        return shown[1] != last
      }
      #expect(changes == expected)
    }
    #expect(events.allSatisfy { $0.args?.count == Set(samples.map(\.category)).count })
    #expect(zip(events, events.dropFirst()).allSatisfy { $0.start <= $1.start })
  }

  private struct TraceSurprise: Error {}

  private func sample(
    _ rankClass: Int32, _ category: MemoryCategory, _ time: Int, _ live: Int
  ) -> Timeline.MemorySample {
    Timeline.MemorySample(rankClass: rankClass, category: category, time: instant(time), live: ByteCount(live))
  }
}
