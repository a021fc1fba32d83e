import PipelineSchedules

/// One schedule and its numbers.
struct Sample: CustomStringConvertible, Sendable {
  var name: ScheduleName
  var ranks, microBatches, chunks: Int
  var groupSize: Int?

  var description: String {
    "\(name.rawValue) p\(ranks) m\(microBatches) v\(chunks)" + (groupSize.map { " g\($0)" } ?? "")
  }

  /// Nil where the schedule is not defined.
  var schedule: PipelineSchedule? {
    try? PipelineSchedule.make(
      name, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize)
  }

  func formula(_ times: ScheduleTimes = ScheduleTimes()) -> PublishedFormula {
    name.formula(ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: groupSize, times: times)
  }

  /// All samples of one schedule, with 1 to 3 chunks where it takes any.
  static func of(
    _ name: ScheduleName, ranks: ClosedRange<Int>, microBatches: ClosedRange<Int>, groupSizes: [Int?] = [nil]
  ) -> [Sample] {
    ranks.flatMap { ranks in
      microBatches.flatMap { microBatches in
        (name.takesChunks ? [1, 2, 3] : [name.defaultChunks]).flatMap { chunks in
          groupSizes.map {
            Sample(name: name, ranks: ranks, microBatches: microBatches, chunks: chunks, groupSize: $0)
          }
        }
      }
    }
  }
}
