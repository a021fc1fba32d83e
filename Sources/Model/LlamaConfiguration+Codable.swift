import Program

extension LlamaConfiguration {
  /// The names of Hugging Face's `config.json`.
  package enum Key: String, Hashable, Sendable, CaseIterable, CodingKey {
    case vocabularySize = "vocab_size"
    case hidden = "hidden_size"
    case intermediate = "intermediate_size"
    case layers = "num_hidden_layers"
    case heads = "num_attention_heads"
    case keyValueHeads = "num_key_value_heads"
    case headSize = "head_dim"
    case activation = "hidden_act"
    case positions = "max_position_embeddings"
    case rmsNormEpsilon = "rms_norm_eps"
    case ropeTheta = "rope_theta"
    case ropeScaling = "rope_scaling"
    case tieWordEmbeddings = "tie_word_embeddings"
    case attentionBias = "attention_bias"
    case mlpBias = "mlp_bias"
    case attentionDropout = "attention_dropout"
    case initializerRange = "initializer_range"
    case modelType = "model_type"

    /// Newer files keep both rotary settings in one section.
    package var aliases: [String] { self == .ropeScaling ? ["rope_parameters"] : [] }
  }

  package static let modelType = "llama"

  /// Settings that no other family has.
  package static let ownKeys: [Key] = [
    .keyValueHeads, .headSize, .rmsNormEpsilon, .ropeTheta, .ropeScaling, .attentionBias, .mlpBias,
    .attentionDropout,
  ]
}

extension LlamaConfiguration: Codable {
  /// Reads Hugging Face's `config.json`; keys that describe training, files or tokens are passed over.
  ///
  /// - Errors: `DecodingError` for wrong types, another model type, an unknown rotary scaling, and everything in `problems`.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingName.self)
    self.init()
    var type = LlamaConfiguration.modelType
    try container.read(.modelType, into: &type)
    guard type == LlamaConfiguration.modelType else {
      throw container.corrupted("model_type", "is '\(type)', not '\(LlamaConfiguration.modelType)'")
    }
    try readSizes(container)
    try readRotary(container)
    try readNumbers(container)
    if let problem = problems.first { throw container.corrupted(problem.key, "\(problem)") }
  }

  private mutating func readSizes(_ container: KeyedDecodingContainer<SettingName>) throws {
    try container.read(.vocabularySize, into: &vocabularySize)
    try container.read(.hidden, into: &hidden)
    try container.read(.intermediate, into: &intermediate)
    try container.read(.layers, into: &layers)
    try container.read(.heads, into: &heads)
    (keyValueHeads, headSize) = (heads, heads > 0 ? hidden / heads : 0)
    try container.read(.keyValueHeads, into: &keyValueHeads)
    try container.read(.headSize, into: &headSize)
    try container.read(.positions, into: &positions)
  }

  private mutating func readNumbers(_ container: KeyedDecodingContainer<SettingName>) throws {
    try container.read(.activation, into: &activation)
    try container.read(.rmsNormEpsilon, into: &rmsNormEpsilon)
    try container.read(.tieWordEmbeddings, into: &tieWordEmbeddings)
    try container.read(.attentionBias, into: &attentionBias)
    try container.read(.mlpBias, into: &mlpBias)
    try container.read(.attentionDropout, into: &attentionDropout)
    try container.read(.initializerRange, into: &initializerRange)
  }

  private mutating func readRotary(_ container: KeyedDecodingContainer<SettingName>) throws {
    var fields: [String: RopeParameters.Field] = [:]
    try container.read(.ropeScaling, into: &fields)
    do {
      let parameters = try RopeParameters(fields: fields)
      frequencies = RotaryFrequencies(theta: parameters.theta ?? frequencies.theta, scaling: parameters.scaling)
      try container.read(.ropeTheta, into: &frequencies.theta)
      if let inner = parameters.theta, inner != frequencies.theta {
        throw container.corrupted("rope_theta", "is \(frequencies.theta), but \(inner) in the section; keep one")
      }
    } catch let problem as Problem { throw container.corrupted(problem.key, "\(problem)") }
  }

  /// Writes Hugging Face's names.
  package func encode(to encoder: any Encoder) throws {
    var names = encoder.container(keyedBy: SettingName.self)
    try names.encode(["LlamaForCausalLM"], forKey: SettingName("architectures"))
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(LlamaConfiguration.modelType, forKey: .modelType)
    try container.encode(vocabularySize, forKey: .vocabularySize)
    try container.encode(hidden, forKey: .hidden)
    try container.encode(intermediate, forKey: .intermediate)
    try container.encode(layers, forKey: .layers)
    try container.encode(heads, forKey: .heads)
    try container.encode(keyValueHeads, forKey: .keyValueHeads)
    try container.encode(headSize, forKey: .headSize)
    try container.encode(activation, forKey: .activation)
    try container.encode(positions, forKey: .positions)
    try container.encode(rmsNormEpsilon, forKey: .rmsNormEpsilon)
    try container.encode(frequencies.theta, forKey: .ropeTheta)
    try container.encode(ropeFields, forKey: .ropeScaling)
    try container.encode(tieWordEmbeddings, forKey: .tieWordEmbeddings)
    try container.encode(attentionBias, forKey: .attentionBias)
    try container.encode(mlpBias, forKey: .mlpBias)
    try container.encode(attentionDropout, forKey: .attentionDropout)
    try container.encode(initializerRange, forKey: .initializerRange)
  }

  private var ropeFields: [String: RopeParameters.Field]? {
    RopeParameters(frequencies.scaling).fields.map { Dictionary(uniqueKeysWithValues: $0.map { ($0.name, $0.field) }) }
  }
}

extension KeyedDecodingContainer<SettingName> {
  fileprivate func read<Value: Decodable>(_ key: LlamaConfiguration.Key, into value: inout Value) throws {
    try read(key.rawValue, key.aliases, into: &value)
  }
}
