import PipelineSchedules
import Testing

/// A row of the reference table: bubble at F = I = W = 1 and the peaks, for 4 ranks with 8 and 8 with 16 micro-batches.
struct Reference: CustomTestStringConvertible, Sendable {
  var name: ScheduleName
  var chunks: Int
  var small: (bubble: Double, peaks: [Int])
  var large: (bubble: Double, peaks: [Int])

  var testDescription: String { "\(name.rawValue) v\(chunks)" }

  static let table = [
    Reference(.gPipe, 1, (9, .init(repeating: 8, count: 4)), (21, .init(repeating: 16, count: 8))),
    Reference(.oneForwardOneBackward, 1, (9, [4, 3, 2, 1]), (21, [8, 7, 6, 5, 4, 3, 2, 1])),
    Reference(.interleaved, 2, (4.5, [11, 9, 7, 5]), (10.5, [23, 21, 19, 17, 15, 13, 11, 9])),
    Reference(.interleaved, 4, (2.25, [19, 17, 15, 13]), (5.25, [39, 37, 35, 33, 31, 29, 27, 25])),
    Reference(.zeroBubbleH1, 1, (3, .init(repeating: 4, count: 4)), (7, .init(repeating: 8, count: 8))),
    Reference(.interleavedZeroBubble, 2, (1.5, .init(repeating: 8, count: 4)), (3.5, .init(repeating: 16, count: 8))),
    Reference(.zeroBubbleV, 2, (1.5, .init(repeating: 8, count: 4)), (3.5, .init(repeating: 16, count: 8))),
    Reference(.dualPipe, 2, (2, .init(repeating: 5, count: 4)), (6, .init(repeating: 9, count: 8))),
    Reference(.dualPipeV, 2, (3, .init(repeating: 9, count: 4)), (7, .init(repeating: 17, count: 8))),
  ]

  init(_ name: ScheduleName, _ chunks: Int, _ small: (Double, [Int]), _ large: (Double, [Int])) {
    (self.name, self.chunks, self.small, self.large) = (name, chunks, small, large)
  }
}

@Suite struct MeasureTests {
  private func bubble(_ name: ScheduleName, _ times: ScheduleTimes = ScheduleTimes()) throws -> Double {
    try PipelineSchedule.make(name, ranks: 8, microBatches: 32).measure(times).bubble
  }

  @Test(arguments: Reference.table)
  func `bubbles and peaks at equal times are the reference's`(_ row: Reference) throws {
    for (ranks, microBatches, expected) in [(4, 8, row.small), (8, 16, row.large)] {
      let measure = try PipelineSchedule.make(
        row.name, ranks: ranks, microBatches: microBatches, chunks: row.chunks
      ).measure()
      #expect(measure.bubble == expected.bubble)
      #expect(measure.peakActivations == expected.peaks)
      #expect(measure.makespan == Double(3 * microBatches) + expected.bubble)
    }
  }

  @Test(arguments: [
    (ScheduleName.zeroBubbleH1, 14.0, 7.0), (.zeroBubbleV, 7, 3.8), (.dualPipe, 9.5, 6), (.dualPipeV, 11.75, 7),
  ])
  func `bubbles at unequal times are the reference's, not the formulas'`(
    _ name: ScheduleName, longInput: Double, longWeight: Double
  ) throws {
    let first = try bubble(name, ScheduleTimes(backwardInput: 1.5, backwardWeight: 0.5))
    let second = try bubble(name, ScheduleTimes(backwardInput: 0.9, backwardWeight: 1.1))
    #expect(abs(first - longInput) < 1e-9)
    #expect(abs(second - longWeight) < 1e-9)
  }

  @Test(arguments: [
    (ScheduleName.oneForwardOneBackward, 3.4), (.interleaved, 1.5), (.zeroBubbleH1, 1.4), (.zeroBubbleV, 1.65),
    (.dualPipe, 1.85),
  ])
  func `a hop of 0.05 adds what the reference says`(_ name: ScheduleName, added: Double) throws {
    let difference = try bubble(name, ScheduleTimes(hop: 0.05)) - bubble(name)
    #expect(abs(difference - added) < 1e-9)
  }

  @Test func `1F1B of two ranks is timed cell by cell`() throws {
    let measure = try PipelineSchedule.make(.oneForwardOneBackward, ranks: 2, microBatches: 2)
      .measure(ScheduleTimes(forward: 1, backwardInput: 1, backwardWeight: 1, hop: 0.5))
    // F0, F1, B0, B1 and F0, B0, F1, B1: every message is half a unit on its way.
    #expect(measure.spans[0].map(\.start) == [0, 1, 5, 8])
    #expect(measure.spans[1].map(\.start) == [1.5, 2.5, 4.5, 5.5])
    #expect(measure.makespan == 10)
    #expect(measure.idle == [4, 4])
    #expect(measure.bubble == 4)
    #expect(measure.bubbleFraction == 0.4)
  }

  @Test func `an overlap that saves time shortens DualPipe`() throws {
    let plain = try bubble(.dualPipe)
    let saved = try bubble(.dualPipe, ScheduleTimes(overlapped: 2))
    #expect(saved < plain)
    let sum = try bubble(.dualPipe, ScheduleTimes(overlapped: 3))
    #expect(sum == plain)
  }

  @Test func `cells of a rank follow each other, and messages take their hop`() throws {
    for name in ScheduleName.allCases {
      let measure = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
        .measure(ScheduleTimes(backwardInput: 1.25, backwardWeight: 0.75, hop: 0.125))
      for spans in measure.spans {
        let isOrdered = zip(spans, spans.dropFirst()).allSatisfy { $0.end <= $1.start }
        #expect(isOrdered, "\(name)")
      }
      #expect(measure.idle.allSatisfy { $0 >= measure.bubble - 1e-9 }, "\(name)")
    }
  }
}
