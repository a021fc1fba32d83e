import Program

extension GPT2Configuration {
  /// The names of Hugging Face's `config.json`.
  package enum Key: String, Hashable, Sendable, CaseIterable, CodingKey {
    case vocabularySize = "vocab_size"
    case positions = "n_positions"
    case hidden = "n_embd"
    case layers = "n_layer"
    case heads = "n_head"
    case intermediate = "n_inner"
    case activation = "activation_function"
    case layerNormEpsilon = "layer_norm_epsilon"
    case bias
    case tieWordEmbeddings = "tie_word_embeddings"
    case embeddingDropout = "embd_pdrop"
    case attentionDropout = "attn_pdrop"
    case residualDropout = "resid_pdrop"
    case initializerRange = "initializer_range"
    case modelType = "model_type"

    /// Other names of the same thing: the generic ones of Hugging Face, and nanoGPT's `block_size`.
    package var aliases: [String] {
      switch self {
      case .positions: ["max_position_embeddings", "block_size"]
      case .hidden: ["hidden_size"]
      case .layers: ["num_hidden_layers"]
      case .heads: ["num_attention_heads"]
      case .intermediate: ["intermediate_size"]
      case .activation: ["hidden_act"]
      case .vocabularySize, .layerNormEpsilon, .bias, .tieWordEmbeddings, .embeddingDropout, .attentionDropout,
        .residualDropout, .initializerRange, .modelType:
        []
      }
    }
  }

  /// Switches of Hugging Face's GPT-2 that change what is computed, with the one value that this model computes.
  package static let fixedSwitches: [(name: String, value: Bool)] = [
    ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false), ("reorder_and_upcast_attn", false),
    ("add_cross_attention", false),
  ]

  package static let modelType = "gpt2"
}

extension GPT2Configuration: Codable {
  /// Reads Hugging Face's `config.json`; keys that describe training, files or tokens are passed over.
  ///
  /// - Errors: `DecodingError` for wrong types, two names of one setting, another model type, a switch that changes what
  ///   is computed, and everything in `problems`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingName.self)
    self.init()
    try GPT2Configuration.refuseOtherModels(container)
    try container.read(.vocabularySize, into: &vocabularySize)
    try container.read(.positions, into: &positions)
    try container.read(.hidden, into: &hidden)
    try container.read(.layers, into: &layers)
    try container.read(.heads, into: &heads)
    intermediate = hidden.multipliedReportingOverflow(by: 4).partialValue
    try container.read(.intermediate, into: &intermediate)
    try container.read(.activation, into: &activation)
    try container.read(.layerNormEpsilon, into: &layerNormEpsilon)
    try container.read(.bias, into: &bias)
    try container.read(.tieWordEmbeddings, into: &tieWordEmbeddings)
    try container.read(.embeddingDropout, into: &embeddingDropout)
    try container.read(.attentionDropout, into: &attentionDropout)
    try container.read(.residualDropout, into: &residualDropout)
    try container.read(.initializerRange, into: &initializerRange)
    if let problem = problems.first { throw container.corrupted(problem.key, "\(problem)") }
  }

  private static func refuseOtherModels(_ container: KeyedDecodingContainer<SettingName>) throws {
    var type = modelType
    try container.read(.modelType, into: &type)
    guard type == modelType else { throw container.corrupted("model_type", "is '\(type)', not '\(modelType)'") }
    for (name, value) in fixedSwitches {
      let given = try container.decodeIfPresent(Bool.self, forKey: SettingName(name)) ?? value
      guard given == value else { throw container.corrupted(name, "\(name) \(given) is not supported, only \(value)") }
    }
  }

  /// Writes Hugging Face's names.
  package func encode(to encoder: any Encoder) throws {
    var names = encoder.container(keyedBy: SettingName.self)
    try names.encode(["GPT2LMHeadModel"], forKey: SettingName("architectures"))
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(GPT2Configuration.modelType, forKey: .modelType)
    try container.encode(vocabularySize, forKey: .vocabularySize)
    try container.encode(positions, forKey: .positions)
    try container.encode(hidden, forKey: .hidden)
    try container.encode(layers, forKey: .layers)
    try container.encode(heads, forKey: .heads)
    try container.encode(intermediate, forKey: .intermediate)
    try container.encode(activation, forKey: .activation)
    try container.encode(layerNormEpsilon, forKey: .layerNormEpsilon)
    try container.encode(bias, forKey: .bias)
    try container.encode(tieWordEmbeddings, forKey: .tieWordEmbeddings)
    try container.encode(embeddingDropout, forKey: .embeddingDropout)
    try container.encode(attentionDropout, forKey: .attentionDropout)
    try container.encode(residualDropout, forKey: .residualDropout)
    try container.encode(initializerRange, forKey: .initializerRange)
  }
}

extension KeyedDecodingContainer<SettingName> {
  fileprivate func read<Value: Decodable>(_ key: GPT2Configuration.Key, into value: inout Value) throws {
    try read(key.rawValue, key.aliases, into: &value)
  }
}
