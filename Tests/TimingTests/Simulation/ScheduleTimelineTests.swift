import Foundation
import PipelineSchedules
import Quantities
import TestSupport
import Testing
import Timing

/// An ideal network, where only the order of a schedule costs time: what is simulated is what is calculated and published.
///
/// A covering subset runs in the suite; every size up to 16 ranks and 64 micro-batches with `ORRERY_SCHEDULE_SWEEP=1`.
@Suite struct ScheduleTimelineTests {
  private static let sweeps = ProcessInfo.processInfo.environment["ORRERY_SCHEDULE_SWEEP"] != nil
  private static let ranks = sweeps ? Array(1...16) : [1, 2, 3, 4, 5, 8, 16]
  private static let microBatches = sweeps ? Array(1...64) : [1, 2, 3, 4, 7, 8, 16, 20, 33, 64]

  private func cases(_ name: ScheduleName) -> [(sample: ScheduleCase, schedule: PipelineSchedule)] {
    ScheduleCase.all(name, ranks: Self.ranks, microBatches: Self.microBatches).compactMap { sample in
      guard Self.sweeps || sample.ranks * sample.microBatches <= 160 else { return nil }
      return sample.schedule.map { (sample, $0) }
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `simulated idle time is the schedule's own measure, rank for rank`(_ name: ScheduleName) throws {
    for (sample, schedule) in cases(name) {
      for times in PassageTimes.all {
        let step = try times.simulate(schedule)
        let measure = schedule.withoutOverlap.measure(times.scheduleTimes)
        let idle = step.breakdowns.map { ($0.makespan - $0.compute).picoseconds }
        #expect(step.makespan.picoseconds == measure.wholeMakespan, "\(sample) \(times)")
        #expect(idle == measure.wholeIdle, "\(sample) \(times)")
        let isBubble = step.breakdowns.allSatisfy {
          $0.bubble + $0.compute == step.makespan && $0.transferWait == .zero
        }
        #expect(isBubble, "\(sample) \(times)")
        let warmUps = measure.spans.map { Int(($0.first?.start ?? 0).rounded()) }
        #expect(step.breakdowns.map(\.warmUp.picoseconds) == warmUps, "\(sample) \(times)")
      }
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `every passage on the timeline is where the schedule's measure has its action`(_ name: ScheduleName) throws {
    for (sample, schedule) in cases(name) where sample.microBatches <= 8 {
      let times = PassageTimes.all[1]
      let tracks = schedule.tracks(
        forward: times.forward, backwardInput: times.backwardInput, backwardWeight: times.backwardWeight)
      let timeline = try #require(try TimingTests.simulate(tracks, records: true).timeline)
      let plain = schedule.withoutOverlap
      let spans = plain.measure(times.scheduleTimes).spans
      let expected = plain.cells.indices.flatMap { rank in
        zip(plain.cells[rank], spans[rank]).map { cell, span in
          "\(rank): \(cell) \(Int(span.start.rounded())) \(Int((span.end - span.start).rounded()))"
        }
      }
      let seen = timeline.actions.map { action in
        "\(action.rankClass): \(action.stage)\(timeline.names[Int(action.name)])\(action.microBatch) "
          + "\(action.start.sinceStart.picoseconds) \(action.duration.picoseconds)"
      }
      #expect(seen.sorted() == expected.sorted(), "\(sample)")
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `a cell whose two actions follow each other never takes longer than a closed one`(_ name: ScheduleName) throws {
    for (sample, schedule) in cases(name) {
      for times in PassageTimes.all {
        let makespan = try times.simulate(schedule).makespan.picoseconds
        let closed = schedule.measure(times.scheduleTimes).wholeMakespan
        let overlaps = name == .dualPipe || name == .dualPipeV
        #expect(overlaps ? makespan <= closed : makespan == closed, "\(sample) \(times): \(makespan), not \(closed)")
      }
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `the simulated bubble is the published one, or off by what is known`(_ name: ScheduleName) throws {
    var exact = 0
    for (sample, schedule) in cases(name) {
      for times in PassageTimes.all {
        let formula = sample.formula(times)
        let bubble = try times.simulate(schedule).makespan.picoseconds - sample.microBatches * times.sum
        let text = "\(sample) \(times): \(bubble), published \(formula.text) = \(formula.bubble)"
        if let known = sample.knownBubble(times) {
          #expect(bubble == known, "\(text)")
        } else if let least = sample.leastBubble(times) {
          #expect(bubble >= least && Double(bubble) <= formula.bubble, "\(text)")
        } else if formula.isExact {
          #expect(Double(bubble) == formula.bubble, "\(text)")
        } else {
          // Too few micro-batches to fill the pipeline, or times that do not fit together.
          #expect(Double(bubble) >= formula.bubble, "\(text)")
        }
        if formula.isExact { exact += 1 }
      }
    }
    #expect(exact > 10, "of \(name.rawValue), \(exact) cases are exact")
  }

  @Test(arguments: ScheduleName.allCases, [500, 1000, 2500])
  func `a short hop costs what the schedule's measure says, a long one no less`(
    _ name: ScheduleName, hop: Int
  ) throws {
    for (sample, schedule) in cases(name) {
      for var times in PassageTimes.all {
        times.hop = hop
        let step = try times.simulate(schedule)
        let measure = schedule.withoutOverlap.measure(times.scheduleTimes)
        // A message gets its place one action ahead, behind the sends before it: two hops have to fit into an action.
        let isShort = 2 * hop <= times.shortest / (schedule.placement == .bidirectional ? 1 : sample.chunks)
        let makespan = step.makespan.picoseconds
        if isShort {
          #expect(makespan == measure.wholeMakespan, "\(sample) \(times)")
          let idle = step.breakdowns.map { ($0.makespan - $0.compute).picoseconds }
          #expect(idle == measure.wholeIdle, "\(sample) \(times)")
        } else {
          #expect(makespan >= measure.wholeMakespan, "\(sample) \(times)")
        }
      }
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `with messages that take time, all idle time is still the pipeline's`(_ name: ScheduleName) throws {
    for (sample, schedule) in cases(name) where sample.ranks > 1 {
      for var times in PassageTimes.all {
        times.hop = 500
        let step = try times.simulate(schedule)
        #expect(step.breakdowns.allSatisfy { $0.idleBesidePipeline == .zero }, "\(sample) \(times)")
      }
    }
  }
}

extension StepBreakdown {
  /// What the rank waits for that is no other stage: there is nothing of it in a bare schedule.
  fileprivate var idleBesidePipeline: SimDuration {
    let pipeline = bubble + (exposed[.pipelineCommunication] ?? .zero)
    return makespan - compute - pipeline
  }
}

extension ScheduleCase {
  /// The bubble where it is known to be another than the published one: a rank waits for max(0, I − W) where formulas say I − W, and the
  /// actions of a cell that nothing overlaps let the next stage begin in between.
  fileprivate func knownBubble(_ times: PassageTimes) -> Int? {
    switch name {
    case .zeroBubbleH1 where microBatches >= ranks: (ranks - 1) * times.wait
    case .dualPipeV, .dualPipe: times.backwardInput <= times.backwardWeight ? leastBubble(times) : nil
    default: nil
    }
  }

  /// Of DualPipe, where a long input gradient costs more than this, but less than what is published.
  fileprivate func leastBubble(_ times: PassageTimes) -> Int? {
    switch name {
    case .dualPipeV: (ranks - 1) * times.wait / 2
    case .dualPipe: (ranks / 2 - 1) * times.wait
    default: nil
    }
  }
}

extension PassageTimes {
  /// A backward in one piece is longer than either of its parts.
  fileprivate var shortest: Int { min(forward, backwardInput, backwardWeight) }

  /// What a stage adds to the bubble.
  fileprivate var wait: Int { forward + max(0, backwardInput - backwardWeight) }
}
