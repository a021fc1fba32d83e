import PipelineSchedules
import Quantities
import TestSupport
import Timing

/// One schedule with its numbers, measured by the simulation, by the schedule's own measure and by its published formula; all in
/// picoseconds.
struct ScheduleCase: CustomStringConvertible, Sendable {
  var name: ScheduleName
  var ranks, microBatches, chunks: Int

  var description: String { "\(name.rawValue) p\(ranks) m\(microBatches) v\(chunks)" }

  /// Nil where the schedule is not defined.
  var schedule: PipelineSchedule? {
    try? PipelineSchedule.make(name, ranks: ranks, microBatches: microBatches, chunks: chunks)
  }

  static func all(_ name: ScheduleName, ranks: [Int], microBatches: [Int]) -> [ScheduleCase] {
    ranks.flatMap { ranks in
      microBatches.flatMap { microBatches in
        (name.takesChunks ? [1, 2, 3] : [name.defaultChunks]).map {
          ScheduleCase(name: name, ranks: ranks, microBatches: microBatches, chunks: $0)
        }
      }
    }
  }

  func formula(_ times: PassageTimes) -> PublishedFormula {
    name.formula(ranks: ranks, microBatches: microBatches, chunks: chunks, times: times.scheduleTimes)
  }
}

/// Times of a full stage in picoseconds; each divides by one, two and three chunks.
struct PassageTimes: CustomStringConvertible, Sendable {
  var forward, backwardInput, backwardWeight: Int
  var hop = 0

  var description: String { "F \(forward) I \(backwardInput) W \(backwardWeight) hop \(hop)" }

  /// Equal, and each of the three the longest.
  static let all = [
    PassageTimes(forward: 6_000, backwardInput: 6_000, backwardWeight: 6_000),
    PassageTimes(forward: 6_000, backwardInput: 9_000, backwardWeight: 3_000),
    PassageTimes(forward: 6_000, backwardInput: 3_000, backwardWeight: 9_000),
    PassageTimes(forward: 12_000, backwardInput: 6_000, backwardWeight: 6_000),
  ]

  var scheduleTimes: ScheduleTimes {
    ScheduleTimes(
      forward: Double(forward), backwardInput: Double(backwardInput), backwardWeight: Double(backwardWeight),
      hop: Double(hop))
  }

  /// What a rank computes per micro-batch.
  var sum: Int { forward + backwardInput + backwardWeight }

  func simulate(_ schedule: PipelineSchedule) throws -> SimulatedStep {
    let tracks = schedule.tracks(forward: forward, backwardInput: backwardInput, backwardWeight: backwardWeight)
    var simulation = try StepSimulation(tracks, CountedPricing(hop: hop))
    return try simulation.run()
  }
}

extension ScheduleMeasure {
  var wholeMakespan: Int { Int(makespan.rounded()) }
  var wholeIdle: [Int] { idle.map { Int($0.rounded()) } }
}
