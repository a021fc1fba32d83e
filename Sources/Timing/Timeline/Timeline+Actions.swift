package import Quantities

extension Timeline {
  /// One cell of the pipeline schedule: from the start of its first span to the end of its last, over all streams.
  package struct Action: Hashable, Sendable {
    /// Indices into `classes` and `names`; the name is the schedule's letter: F, B, I or W.
    package var rankClass, name: Int32
    package var stage, microBatch: Int32
    package var start: SimInstant
    package var duration: SimDuration

    package init(
      rankClass: Int32, name: Int32, stage: Int32, microBatch: Int32, start: SimInstant, duration: SimDuration
    ) {
      (self.rankClass, self.name, self.stage, self.microBatch) = (rankClass, name, stage, microBatch)
      (self.start, self.duration) = (start, duration)
    }
  }
}
