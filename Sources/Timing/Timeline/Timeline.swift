package import Program
package import Quantities

/// What happened when, on every stream of every rank class: the simulated step, or the real one. Columns of integers, names once.
package struct Timeline: Sendable {
  /// A stream of a rank class.
  package struct Lane: Hashable, Sendable {
    /// Index into `classes`.
    package var rankClass: Int
    package var stream: Program.Stream

    package init(rankClass: Int, stream: Program.Stream) { (self.rankClass, self.stream) = (rankClass, stream) }
  }

  /// One piece of work on a lane.
  package struct Span: Hashable, Sendable {
    /// Indices into `lanes` and `names`.
    package var lane, name: Int32
    package var start: SimInstant
    package var duration: SimDuration
    /// Of the pipeline action it belongs to; −1 outside of them.
    package var stage, microBatch: Int32
    /// That a collective or a message moves; 0 for work.
    package var bytes: ByteCount

    package init(
      lane: Int32, name: Int32, start: SimInstant, duration: SimDuration, stage: Int32 = -1, microBatch: Int32 = -1,
      bytes: ByteCount = .zero
    ) {
      (self.lane, self.name, self.start, self.duration) = (lane, name, start, duration)
      (self.stage, self.microBatch, self.bytes) = (stage, microBatch, bytes)
    }
  }

  /// What a category holds from an instant on.
  package struct MemorySample: Hashable, Sendable {
    /// Index into `classes`.
    package var rankClass: Int32
    package var category: MemoryCategory
    package var time: SimInstant
    package var live: ByteCount

    package init(rankClass: Int32, category: MemoryCategory, time: SimInstant, live: ByteCount) {
      (self.rankClass, self.category, self.time, self.live) = (rankClass, category, time, live)
    }
  }

  /// Rank classes, as people read them: `stage 3 of 8, 128 ranks`.
  package var classes: [String]
  package var lanes: [Lane]
  package var names: [String]
  /// In the order in which they were simulated: of one lane, by start.
  package var spans: [Span]
  package var memory: [MemorySample]
  /// Of one class, by start.
  package var actions: [Action]

  package init(classes: [String] = [], lanes: [Lane] = [], names: [String] = []) {
    (self.classes, self.lanes, self.names) = (classes, lanes, names)
    (spans, memory, actions) = ([], [], [])
  }
}
