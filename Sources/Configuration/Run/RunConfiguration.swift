package import Cluster
package import Mesh
package import Model
package import Program
package import Training

/// A run, typed and checked: what a file, the model it names and overrides come to.
///
/// Two things may be open until a run starts: the vocabulary (`vocab_size: auto`, closed by `withVocabulary`) and the
/// data-parallel size (`dp: -1`, closed by `resolved(world:)`).
package struct RunConfiguration: Hashable, Sendable {
  /// Tokens of the vocabulary; nil until the tokenizer says.
  package internal(set) var vocabularySize: Int?
  package let data: DataSettings
  package internal(set) var parallelism: ParallelismSettings
  /// What data-parallel ranks share out.
  package let zero: ZeROPlan
  /// What is computed again instead of being kept.
  package let recomputation: Recomputation
  /// Tokens of one training sequence.
  package let sequenceLength: Int
  /// Optimizer steps.
  package let steps: Int
  package let seed: UInt64
  package let precision: PrecisionPlan
  package let optimizer: OptimizerRule
  package let schedule: LearningRateSchedule
  /// The largest norm of all gradients together; 0 never clips.
  package let gradientClipping: Double
  package let communication: CommunicationSettings
  package let checkpoint: CheckpointSettings
  package let evaluation: EvaluationSettings
  package let metrics: MetricsSettings
  package let generation: GenerationSettings
  /// The machines that are simulated; nil where the run names none.
  package let cluster: ClusterReference?
  package let simulation: SimulationSettings

  /// The model, but for a vocabulary that is open.
  var shape: ModelConfiguration
  /// The batch and the order of stages as they were asked for, and what follows when the data-parallel size is known.
  let request: StepRequest
  var plan: StepPlan?
  /// The canonical form, by dotted key.
  var settings: [String: Setting]
}

extension RunConfiguration {
  /// The model. The vocabulary must be known.
  package var model: ModelConfiguration {
    precondition(vocabularySize != nil, "vocab_size is auto: call withVocabulary first")
    return shape
  }

  /// How a step's batch is cut. The data-parallel size must be known.
  package var batch: BatchPlan {
    guard let plan else { preconditionFailure("dp is -1: call resolved(world:) first") }
    return plan.batch
  }

  /// How layers are cut into stages, and in which order stages work. The data-parallel size must be known.
  package var pipeline: PipelinePlan {
    guard let plan else { preconditionFailure("dp is -1: call resolved(world:) first") }
    return plan.pipeline
  }

  /// Whether tensor-parallel ranks also share the tokens between layers.
  package var sequenceParallel: Bool { parallelism.sequenceParallel }

  /// The layout. The data-parallel size must be known.
  package var mesh: Mesh {
    guard let data = parallelism.data else { preconditionFailure("dp is -1: call resolved(world:) first") }
    return Mesh(
      [
        .data: data, .tensor: parallelism.tensor, .pipeline: parallelism.pipeline, .context: parallelism.context,
        .expert: parallelism.expert,
      ], order: parallelism.order, shardSize: parallelism.shard)
  }

  /// Ranks that the layout needs; nil where it takes what the world has.
  package var worldSize: Int? { parallelism.data.map { $0 * parallelism.others } }
}
