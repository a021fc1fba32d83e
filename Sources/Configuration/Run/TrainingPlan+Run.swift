package import Training

extension TrainingPlan {
  /// The plan that a configuration describes; world and vocabulary must be known.
  package init(_ configuration: RunConfiguration) {
    self.init(
      model: configuration.model, sequence: configuration.sequenceLength,
      microBatch: configuration.batch.microBatchSize, accumulation: configuration.batch.accumulationSteps,
      optimizer: configuration.optimizer, schedule: configuration.schedule,
      clipping: configuration.gradientClipping, precision: configuration.precision, seed: configuration.seed,
      allReduce: configuration.communication.allReduce, zero: configuration.zero, pipeline: configuration.pipeline,
      recomputation: configuration.recomputation, isSequenceParallel: configuration.sequenceParallel)
  }
}
