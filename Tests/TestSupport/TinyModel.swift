package import Model
import Program
import Training

/// Models small enough to be trained hundreds of times, one of each kind.
package enum TinyModel: String, Sendable, CaseIterable {
  case gpt2, llama
  case gpt2Untied = "gpt2-untied"
  case llamaTied = "llama-tied"
  case llamaMultiQuery = "llama-mqa"

  /// - Parameters:
  ///   - tensor: ranks that cut the heads; 8 of them need more heads, so that every rank has a group of two.
  ///   - vocabulary: 31 divides by no number of ranks.
  package func configuration(layers: Int, tensor: Int = 1, vocabulary: Int = 31) -> ModelConfiguration {
    switch self {
    case .gpt2, .gpt2Untied:
      var model = GPT2Configuration(vocabularySize: vocabulary, positions: 8, hidden: 16, layers: layers, heads: 8)
      model.intermediate = 32
      model.tieWordEmbeddings = self == .gpt2
      return .gpt2(model)
    case .llama, .llamaTied, .llamaMultiQuery:
      let heads = tensor == 8 ? 16 : 8
      var model = LlamaConfiguration(
        vocabularySize: vocabulary, positions: 8, hidden: 16, intermediate: 24, layers: layers, heads: heads,
        keyValueHeads: self == .llamaMultiQuery ? 1 : heads / 2)
      model.headSize = 2
      model.tieWordEmbeddings = self == .llamaTied
      return .llama(model)
    }
  }
}

/// How a tiny run learns.
package enum TinyTraining: String, Sendable, CaseIterable {
  case adamw, momentum
  case dropping = "adamw-dropout"
  case ignoring = "momentum-ignored-targets"

  package func apply(to run: inout TinyRun) {
    switch self {
    case .adamw, .dropping: (run.optimizer, run.rate) = (.adamw(weightDecay: 0.1), 3e-3)
    case .momentum, .ignoring: (run.optimizer, run.rate) = (.momentum(weightDecay: 0.01), 0.05)
    }
    run.ignoresTargets = self == .ignoring
    if self == .dropping { run.drop(0.1) }
  }
}

extension TinyRun {
  /// Drops values in every place where the model can.
  package mutating func drop(_ probability: Double) {
    switch model {
    case .gpt2(var configuration):
      configuration.embeddingDropout = probability
      (configuration.attentionDropout, configuration.residualDropout) = (probability, probability)
      model = .gpt2(configuration)
    case .llama(var configuration):
      configuration.attentionDropout = probability
      model = .llama(configuration)
    }
  }

  /// Values whose gradient is zero but for rounding: a key's bias moves all scores of a row alike. AdamW divides such a gradient by
  /// its own size, so that where these values go is chance; momentum leaves them where they are.
  package var driftingValues: [String: Range<Int>] {
    guard case .gpt2(let configuration) = model, case .adamw = optimizer else { return [:] }
    let keys = configuration.hidden..<2 * configuration.hidden
    return Dictionary(
      uniqueKeysWithValues: (0..<configuration.layers).map { ("transformer.h.\($0).attn.c_attn.bias", keys) })
  }
}
