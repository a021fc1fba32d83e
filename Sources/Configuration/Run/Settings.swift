package import Mesh
package import Program

/// Which text is trained on.
package struct DataSettings: Hashable, Sendable {
  /// What a token is.
  package enum Tokenizer: String, Hashable, Sendable, CaseIterable {
    case characters, bytes
  }

  package enum Source: Hashable, Sendable {
    /// Text files or folders; the last `validationFraction` of the text is held out.
    case text(paths: [String], Tokenizer, validationFraction: Double)
    /// A folder that `orrery data prepare` wrote.
    case prepared(folder: String)
  }

  /// Paths are relative to the current directory.
  package var source: Source
}

/// How ranks share the work.
package struct ParallelismSettings: Hashable, Sendable {
  /// Data-parallel ranks; nil takes what the world leaves.
  package internal(set) var data: Int?
  /// Data-parallel ranks that share one set of shards; nil for all of them.
  package internal(set) var shard: Int?
  package let tensor, pipeline, context, expert: Int
  /// The slowest varying axis first.
  package let order: [Axis]
  /// Whether tensor-parallel ranks also share the tokens between layers.
  package let sequenceParallel: Bool

  /// Ranks of all axes but data.
  package var others: Int { tensor * pipeline * context * expert }
}

/// How ranks exchange values.
package struct CommunicationSettings: Hashable, Sendable {
  package let allReduce: TransferAlgorithm
  /// Seconds that a rank waits for another.
  package let timeout: Double
}

package struct CheckpointSettings: Hashable, Sendable {
  /// Nil where none are written.
  package let folder: String?
  /// Steps between checkpoints; 0 for one at the end.
  package let interval: Int
  /// Checkpoints to keep; 0 for all.
  package let keepLatest: Int
}

package struct EvaluationSettings: Hashable, Sendable {
  /// Steps between evaluations; 0 for one at the end.
  package let interval: Int
  /// Global batches of one evaluation; 0 for no evaluation.
  package let iterations: Int
}

package struct MetricsSettings: Hashable, Sendable {
  /// Steps between log lines.
  package let logFrequency: Int
  /// Where JSON lines go.
  package let file: String?
}

/// The sample that is drawn at the end of a run.
package struct GenerationSettings: Hashable, Sendable {
  package let prompt: String
  /// 0 for no sample.
  package let tokens: Int
  /// 0 for the most likely token.
  package let temperature: Double
  /// Nil for all tokens.
  package let topK: Int?
}

/// The optimizers by the names that a file uses.
package enum OptimizerType: String, Hashable, Sendable, CaseIterable {
  case sgd, momentum, adagrad, rmsprop, adam, adamw
}

/// The learning-rate schedules by the names that a file uses.
package enum SchedulerType: String, Hashable, Sendable, CaseIterable {
  case constant, linear, cosine, step, multistep, exponential, wsd
}
