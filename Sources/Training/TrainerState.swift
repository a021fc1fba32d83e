import Model
package import Program
package import Quantities

/// What a checkpoint says beside its tensors. Nothing of it depends on the layout.
package struct TrainerState: Hashable, Sendable, Codable {
  /// Optimizer steps done, and how many of them updated nothing because a gradient overflowed.
  package var step: Int
  package var skipped: Int?
  /// Random numbers are counted, not drawn: the seed and the step are all of their state.
  package var seed: UInt64
  /// Samples of the training data read so far; the next step begins with this one.
  package var samples: Int
  package var optimizer: OptimizerRule
  /// In which parameters and optimizer state are stored: of 16-bit runs, the master weights.
  package var precision: ScalarType
  package var lossScaler: LossScaler?
}
