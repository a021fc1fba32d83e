import Collectives
package import Model
package import Program
package import Quantities

/// What one training run does, as values: the layout excepted, which is a mesh.
package struct TrainingPlan: Sendable {
  package var model: GPT2
  /// Tokens of a sample, samples of a micro-batch, micro-batches of a step on each data-parallel rank.
  package var sequence, microBatch, accumulation: Int
  package var optimizer: OptimizerRule
  package var schedule: LearningRateSchedule
  /// The largest norm a gradient may have; 0 leaves it as it is.
  package var clipping: Double
  package var type: ScalarType
  package var seed: UInt64
  package var allReduce: TransferAlgorithm
  /// Bytes that one gradient all-reduce moves at the most.
  package var bucket: ByteCount

  package init(
    model: GPT2, sequence: Int, microBatch: Int, accumulation: Int, optimizer: OptimizerRule,
    schedule: LearningRateSchedule, clipping: Double = 0, type: ScalarType = .float32, seed: UInt64 = 1337,
    allReduce: TransferAlgorithm = .schedule(.ring), bucket: ByteCount = ByteCount(25 << 20)
  ) {
    (self.model, self.sequence, self.microBatch, self.accumulation) = (model, sequence, microBatch, accumulation)
    (self.optimizer, self.schedule, self.clipping, self.type) = (optimizer, schedule, clipping, type)
    (self.seed, self.allReduce, self.bucket) = (seed, allReduce, bucket)
  }
}
