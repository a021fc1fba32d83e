import PipelineSchedules
import Testing

@Suite struct ValidityTests {
  @Test(arguments: ScheduleName.allCases)
  func `whatever is made obeys every law`(_ name: ScheduleName) {
    for sample in Sample.of(name, ranks: 1...9, microBatches: 1...20) {
      guard let schedule = sample.schedule else { continue }
      let violations = schedule.violations()
      #expect(violations.isEmpty, "\(sample): \(violations.prefix(3).map(\.description))")
    }
  }

  @Test(arguments: [
    ScheduleName.gPipe, .oneForwardOneBackward, .loopedBFS, .zeroBubbleH1, .zeroBubbleV,
  ])
  func `most schedules are defined for every number`(_ name: ScheduleName) {
    let undefined = Sample.of(name, ranks: 1...9, microBatches: 1...20).filter { $0.schedule == nil }
    #expect(undefined.isEmpty, "\(undefined.prefix(3))")
  }

  @Test(arguments: 1...9)
  func `DualPipe needs two micro-batches per rank, and an even number of both for two directions`(_ ranks: Int) {
    for microBatches in 1...40 {
      let folded = Sample(name: .dualPipeV, ranks: ranks, microBatches: microBatches, chunks: 2).schedule
      let dual = Sample(name: .dualPipe, ranks: ranks, microBatches: microBatches, chunks: 2).schedule
      let isEven = ranks.isMultiple(of: 2) && microBatches.isMultiple(of: 2)
      #expect((folded != nil) == (microBatches >= 2 * ranks))
      #expect((dual != nil) == (microBatches >= 2 * ranks && isEven))
    }
  }

  @Test(arguments: [ScheduleName.interleaved, .interleavedZeroBubble])
  func `whole groups of p micro-batches always flow, and what is made of other groups does too`(_ name: ScheduleName) {
    for sample in Sample.of(name, ranks: 1...7, microBatches: 1...24, groupSizes: [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
      let rest = sample.microBatches % sample.groupSize!
      let flows = sample.groupSize! >= sample.ranks && (rest == 0 || rest >= sample.ranks)
      let schedule = sample.schedule
      #expect(!flows || schedule != nil, "\(sample)")
      let violations = schedule?.violations() ?? []
      #expect(violations.isEmpty, "\(sample)")
    }
  }

  @Test func `one rank needs no partner`() throws {
    for name in ScheduleName.allCases where name != .dualPipe {
      let schedule = try PipelineSchedule.make(name, ranks: 1, microBatches: 3)
      #expect(schedule.violations().isEmpty, "\(name)")
      #expect(abs(schedule.measure().bubble) < 1e-9, "\(name)")
    }
  }

  @Test func `stages, ranks and chunks agree`() throws {
    for name in ScheduleName.allCases {
      let schedule = try PipelineSchedule.make(name, ranks: 4, microBatches: 8)
      for rank in 0..<4 {
        let stages = schedule.stages(of: rank)
        #expect(stages.count == schedule.chunks)
        #expect(stages.map(schedule.rank) == stages.map { _ in rank })
        #expect(stages.map(schedule.chunk) == Array(stages.indices))
      }
    }
    let folded = try PipelineSchedule.make(.zeroBubbleV, ranks: 4, microBatches: 8)
    #expect(folded.stages(of: 1) == [1, 6])
    #expect(try PipelineSchedule.make(.interleaved, ranks: 4, microBatches: 8, chunks: 3).stages(of: 1) == [1, 5, 9])
  }

  @Test func `two directions share a step's micro-batches`() throws {
    let schedule = try PipelineSchedule.make(.dualPipe, ranks: 4, microBatches: 8)
    let forwards = (0..<4).flatMap(schedule.actions).filter { $0.kind == .forward }
    #expect(Set(forwards.filter { $0.stage == 0 }.map(schedule.microBatch)) == Set(0..<4))
    #expect(Set(forwards.filter { $0.stage == 4 }.map(schedule.microBatch)) == Set(4..<8))
    #expect(schedule.stage(after: 3) == nil)
    #expect(schedule.stage(before: 4) == nil)
  }
}
