import Collectives
package import Model
package import PipelineSchedules
package import Program
import Quantities

/// What one training run does, as values: the ranks excepted, which are a mesh.
package struct TrainingPlan: Sendable {
  package var model: ModelConfiguration
  /// Tokens of a sample, samples of a micro-batch, micro-batches of a step on each data-parallel rank.
  package var sequence, microBatch, accumulation: Int
  package var optimizer: OptimizerRule
  package var schedule: LearningRateSchedule
  /// The largest norm a gradient may have; 0 leaves it as it is.
  package var clipping: Double
  package var precision: PrecisionPlan
  package var seed: UInt64
  package var allReduce: TransferAlgorithm
  package var zero: ZeROPlan
  package var pipeline: PipelinePlan
  package var recomputation: Recomputation
  /// Whether tensor-parallel ranks cut the residual stream by rows.
  package var isSequenceParallel: Bool

  /// - Parameter pipeline: nil for one stage.
  package init(
    model: ModelConfiguration, sequence: Int, microBatch: Int, accumulation: Int, optimizer: OptimizerRule,
    schedule: LearningRateSchedule, clipping: Double = 0, precision: PrecisionPlan = PrecisionPlan(.float32),
    seed: UInt64 = 1337, allReduce: TransferAlgorithm = .schedule(.ring), zero: ZeROPlan = ZeROPlan(),
    pipeline: PipelinePlan? = nil, recomputation: Recomputation = .none, isSequenceParallel: Bool = false
  ) {
    (self.model, self.sequence, self.microBatch, self.accumulation) = (model, sequence, microBatch, accumulation)
    (self.optimizer, self.schedule, self.clipping, self.precision) = (optimizer, schedule, clipping, precision)
    (self.seed, self.allReduce, self.zero) = (seed, allReduce, zero)
    self.pipeline = pipeline ?? PipelinePlan(.alone(microBatches: accumulation))
    (self.recomputation, self.isSequenceParallel) = (recomputation, isSequenceParallel)
  }
}

extension PipelineSchedule {
  /// One rank and one stage: every micro-batch's backward pass right after its forward.
  package static func alone(microBatches: Int) -> PipelineSchedule {
    // One rank can follow every schedule.
    try! make(.oneForwardOneBackward, ranks: 1, microBatches: microBatches)
  }
}
