import PipelineSchedules
import Testing

@Suite struct RefusalTests {
  /// Schedule, ranks, micro-batches, chunks, group size, and the refusal.
  private static let refusals: [(ScheduleName, Int, Int, Int?, Int?, String)] = [
    (.gPipe, 0, 4, nil, nil, "gpipe: ranks 0: at least one is needed; use 1 or more"),
    (.gPipe, 4, 0, nil, nil, "gpipe: micro-batches 0: at least one is needed; use 1 or more"),
    (.interleaved, 4, 8, 0, nil, "interleaved: chunks 0: at least one is needed; use 1 or more"),
    (.interleaved, 4, 8, 2, -1, "interleaved: group size -1: at least one is needed; use 1 or more"),
    (
      .oneForwardOneBackward, 4, 8, 2, nil,
      "1f1b: chunks 2: every rank holds exactly 1; use 1, or the schedule interleaved"
    ),
    (.zeroBubbleV, 4, 8, 3, nil, "zb-v: chunks 3: every rank holds exactly 2; use 2"),
    (
      .oneForwardOneBackward, 4, 8, nil, 4,
      "1f1b: group size 4: this schedule has no groups; leave it out, or choose interleaved"
    ),
    (
      .dualPipeV, 4, 7, nil, nil,
      "dualpipev: micro-batches 7: fewer than 8, two per rank, do not fill the pipeline; use 8 or more, or zb-v"
    ),
    (
      .dualPipe, 3, 8, nil, nil,
      "dualpipe: ranks 3: its two directions mirror each other, so the number must be even; "
        + "use 4, or dualpipev, which takes any number"
    ),
    (
      .dualPipe, 4, 9, nil, nil,
      "dualpipe: micro-batches 9: its two directions share them evenly, so the number must be even; use 10"
    ),
    (
      .dualPipe, 4, 6, nil, nil,
      "dualpipe: micro-batches 6: fewer than 8, two per rank, do not fill the pipeline; use 8 or more, or zb-v"
    ),
    (
      .interleaved, 5, 6, 3, nil,
      "interleaved: micro-batches 6: groups of 5 leave a last one of 1, too few for 5 ranks, which wait for each other "
        + "for ever; use 10, or a group size of 6"
    ),
    (
      .interleaved, 4, 8, 2, 2,
      "interleaved: group size 2: groups smaller than the 4 ranks make these wait for each other for ever; "
        + "use a group size of 4 or more"
    ),
  ]

  @Test(arguments: refusals.indices)
  func `what cannot be made is refused with its reason and a way out`(_ index: Int) {
    let (name, ranks, microBatches, chunks, groupSize, text) = Self.refusals[index]
    let error = #expect(throws: ScheduleError.self) {
      try PipelineSchedule.make(name, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
    }
    #expect(error?.description == text)
  }

  @Test func `the way out of an unfinished group leads out`() throws {
    for sample in Sample.of(.interleaved, ranks: 1...8, microBatches: 1...24) where sample.schedule == nil {
      let whole = (sample.microBatches + sample.ranks - 1) / sample.ranks * sample.ranks
      let more = Sample(name: .interleaved, ranks: sample.ranks, microBatches: whole, chunks: sample.chunks).schedule
      let one = Sample(
        name: .interleaved, ranks: sample.ranks, microBatches: sample.microBatches, chunks: sample.chunks,
        groupSize: sample.microBatches
      ).schedule
      #expect(more != nil && one != nil, "\(sample)")
    }
  }

  @Test(arguments: [
    ("1F1B", ScheduleName.oneForwardOneBackward), ("GPipe", .gPipe), ("vpp", .interleaved),
    ("Interleaved1F1B", .interleaved),
    ("LoopedBFS", .loopedBFS), ("looped_bfs", .loopedBFS), ("zbh1", .zeroBubbleH1), ("ZB-H1", .zeroBubbleH1),
    ("InterleavedZeroBubble", .interleavedZeroBubble), ("zbv", .zeroBubbleV), ("ZBVZeroBubble", .zeroBubbleV),
    ("DualPipe", .dualPipe), ("DualPipeV", .dualPipeV),
  ])
  func `names are read as the field writes them`(_ text: String, name: ScheduleName) throws {
    let read = try ScheduleName(parsing: text)
    #expect(read == name)
  }

  @Test(arguments: ScheduleName.allCases)
  func `numbers beyond all measure are refused, not computed with`(_ name: ScheduleName) {
    for (ranks, microBatches) in [(Int.max - 1, 4), (4, Int.max - 1), (Int.max - 1, Int.max - 1)] {
      #expect(throws: ScheduleError.self) {
        try PipelineSchedule.make(name, ranks: ranks, microBatches: microBatches)
      }
    }
    guard name.takesChunks else { return }
    #expect(throws: ScheduleError.self) {
      try PipelineSchedule.make(name, ranks: 4, microBatches: 8, chunks: .max)
    }
  }

  @Test func `a group of everything is the warm-up of everything`() throws {
    let large = try PipelineSchedule.make(.interleaved, ranks: 4, microBatches: 8, chunks: 3, groupSize: .max)
    let kinds = large.actions(of: 0).map(\.kind)
    #expect(kinds == Array(repeating: .forward, count: 24) + Array(repeating: .backward, count: 24))
    #expect(large.violations().isEmpty)
  }

  @Test func `an unknown name is refused with the nearest one`() {
    let error = #expect(throws: ScheduleError.self) { try ScheduleName(parsing: "dualpip") }
    #expect(
      error?.description
        == "schedule: name 'dualpip': there is none of this name; did you mean dualpipe? there are gpipe, 1f1b, "
        + "interleaved, looped-bfs, zb-h1, interleaved-zb, zb-v, dualpipev, dualpipe")
  }
}
