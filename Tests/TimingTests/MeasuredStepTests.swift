import Collectives
import Mesh
import Program
import Quantities
import Testing
import Timing

struct MeasuredStepTests {
  private static let message = Message(.send, scope: .pipeline, peer: 1, tag: 0, count: 5, type: .float32)
  private static let sum = Transfer(
    .allReduce, scope: .data, algorithm: .library, group: [0, 1], position: 0, count: 7, type: .float64)
  private static let nodes: [Trace.Node] = [
    .allocate(ByteCount(100), .activations), .passage(Passage(.forward, stage: 2, microBatch: 1)), .phase("forward"),
    .operation(.fill(count: 4, value: 0, .float32), .compute), .record(Event(index: 0), .compute),
    .wait(Event(index: 0), .pipeline), .operation(.copy(count: 4, .float32), .compute), .post(message, .pipeline),
    .complete(message, .compute), .passage(nil), .transfer(sum, .gradients), .free(ByteCount(100), .activations),
  ]

  /// Readings 10 ns apart.
  private static func step(_ label: String, began: Int = 0) -> MeasuredStep {
    var trace = Trace()
    trace.nodes = nodes
    return MeasuredStep(
      label: label, trace: trace, standing: [.parameters: ByteCount(40)], began: began,
      readings: (1...trace.readings).map { $0 * 10 })
  }

  @Test func `a clock is read once for memory, twice for work and not for what takes no time`() {
    var trace = Trace()
    trace.nodes = Self.nodes
    #expect(trace.readings == 12)
  }

  @Test func `every piece of work has its span, in order, with its stage, on its stream`() {
    let timeline = Timeline(measured: [Self.step("rank 0")])
    let spans = timeline.spans
    let names = spans.map { timeline.names[Int($0.name)] }
    #expect(names == ["fill", "copy", "post send", "wait for send", "dp all-reduce"])
    #expect(spans.map(\.start.sinceStart.picoseconds) == [20_000, 40_000, 60_000, 80_000, 100_000])
    #expect(spans.allSatisfy { $0.duration.picoseconds == 10_000 })
    #expect(spans.map(\.stage) == [2, 2, 2, 2, -1])
    #expect(spans.map(\.microBatch) == [1, 1, 1, 1, -1])
    #expect(spans.map(\.bytes.value) == [0, 0, 20, 0, 56])
    let streams = spans.map { timeline.lanes[Int($0.lane)].stream }
    #expect(streams == [.compute, .compute, .pipeline, .compute, .gradients])
  }

  @Test func `an action lasts from its first work to its last`() {
    let timeline = Timeline(measured: [Self.step("rank 0")])
    #expect(timeline.actions.count == 1)
    let action = timeline.actions[0]
    #expect(timeline.names[Int(action.name)] == "F")
    #expect((action.stage, action.microBatch) == (2, 1))
    #expect(action.start.sinceStart.picoseconds == 20_000)
    #expect(action.duration.picoseconds == 70_000)
  }

  @Test func `memory begins with what stands and ends with it`() {
    let samples = Timeline(measured: [Self.step("rank 0")]).memory
    #expect(samples.map(\.category) == [.parameters, .activations, .activations])
    #expect(samples.map(\.live.value) == [40, 100, 0])
    #expect(samples.map(\.time.sinceStart.picoseconds) == [0, 10_000, 120_000])
  }

  @Test(arguments: [0, 250, 1_000_000_007])
  func `ranks lie beside each other by the clock that they share`(late: Int) {
    let (early, alone) = (Self.step("rank 0", began: 77), Timeline(measured: [Self.step("rank 1")]))
    let both = Timeline(measured: [Self.step("rank 1", began: 77 + late), early])
    let second = both.spans.filter { both.lanes[Int($0.lane)].rankClass == 0 }
    #expect(both.classes == ["rank 1", "rank 0"])
    #expect(second.count == alone.spans.count && both.spans.count == 2 * second.count)
    for (shifted, span) in zip(second, alone.spans) {
      #expect((shifted.start - span.start).picoseconds == late * 1000)
      #expect(shifted.duration == span.duration)
    }
  }
}
