package import Program
package import Quantities

/// What one simulated rank goes through, and whom it stands for.
package struct RankTrack: Sendable {
  package var label: String
  /// The global rank whose trace it is, and how many ranks do the same.
  package var rank, count: Int
  package var trace: FoldedTrace
  /// Tracks of one class have the same segments, and their prices are found once.
  package var programClass: Int
  /// Every kernel takes so many times as long: a slow GPU.
  package var slowdown: Double
  /// What the rank holds between steps.
  package var standing: [MemoryCategory: ByteCount]

  package init(
    label: String, rank: Int, count: Int = 1, trace: FoldedTrace, programClass: Int, slowdown: Double = 1,
    standing: [MemoryCategory: ByteCount] = [:]
  ) {
    (self.label, self.rank, self.count, self.trace) = (label, rank, count, trace)
    (self.programClass, self.slowdown, self.standing) = (programClass, slowdown, standing)
  }
}
