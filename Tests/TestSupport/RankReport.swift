package import Execution
package import Program
package import Quantities
package import Training

/// What one rank has to show after its steps.
package struct RankReport: Sendable {
  package var results: [StepResult]
  package var ledger: Ledger
  package var trace: Trace
  /// On the first rank, every whole parameter by name; empty elsewhere, and where there are only shapes.
  package var parameters: [String: [Double]]
  /// What this rank's optimizer updates, unit by unit.
  package var updated: [Int: [Double]] = [:]
  /// Bytes that the transport was handed in the last step.
  package var transportBytes: Int
  /// Bytes that the device still holds after the last step, as its allocator counts.
  package var liveBytes: ByteCount?
  /// Memory on the books after initialisation: what every step must return to.
  package var resident: [MemoryCategory: ByteCount] = [:]
  /// The ledger after each step.
  package var ledgers: [Ledger] = []
}

extension RankReport {
  /// The loss of every step.
  package var losses: [Double] { results.map { $0.loss! } }

  /// The largest relative difference of two runs' losses over all steps.
  package func lossDifference(from other: RankReport) -> Double {
    zip(losses, other.losses).map { abs($0 - $1) / abs($1) }.max()!
  }
}
