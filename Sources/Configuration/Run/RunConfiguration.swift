package import Mesh
package import Model
package import Program
package import Quantities
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
  /// What data-parallel ranks share out: 0 for nothing.
  package let zeroStage: Int
  /// Tokens of one training sequence.
  package let sequenceLength: Int
  /// Optimizer steps.
  package let steps: Int
  package let seed: UInt64
  package let precision: ScalarType
  package let optimizer: OptimizerRule
  package let schedule: LearningRateSchedule
  /// The largest norm of all gradients together; 0 never clips.
  package let gradientClipping: Double
  package let communication: CommunicationSettings
  package let checkpoint: CheckpointSettings
  package let evaluation: EvaluationSettings
  package let metrics: MetricsSettings
  package let generation: GenerationSettings

  var architecture: GPT2Configuration
  var plan: BatchPlan?
  let request: BatchRequest
  /// The canonical form, by dotted key.
  var settings: [String: Setting]
}

extension RunConfiguration {
  /// The model. The vocabulary must be known.
  package var model: GPT2Configuration {
    precondition(vocabularySize != nil, "vocab_size is auto: call withVocabulary first")
    return architecture
  }

  /// How a step's batch is cut. The data-parallel size must be known.
  package var batch: BatchPlan {
    guard let plan else { preconditionFailure("dp is -1: call resolved(world:) first") }
    return plan
  }

  /// The layout. The data-parallel size must be known.
  package var mesh: Mesh {
    guard let data = parallelism.data else { preconditionFailure("dp is -1: call resolved(world:) first") }
    return Mesh(
      [
        .data: data, .tensor: parallelism.tensor, .pipeline: parallelism.pipeline, .context: parallelism.context,
        .expert: parallelism.expert,
      ], order: parallelism.order)
  }

  /// Ranks that the layout needs; nil where it takes what the world has.
  package var worldSize: Int? { parallelism.data.map { $0 * parallelism.others } }
}
