internal import Model
internal import Program

extension Keys {
  static let keyValueHeads = Key<Int?>(
    name(.keyValueHeads), .optional(.count), default: nil, shown: "num_attention_heads",
    "Heads of keys and values: fewer are grouped-query attention, 1 is multi-query attention.", of: owners(.llama))
  static let headSize = Key<Int?>(
    name(.headSize), .optional(.count), default: nil, shown: "hidden_size / num_attention_heads",
    "Features of one head.", of: owners(.llama))
  static let rmsNormEpsilon = llama(
    .rmsNormEpsilon, .positive, \.rmsNormEpsilon, "Added to the mean square in RMS norms.")
  static let ropeTheta = Key<Double?>(
    name(.ropeTheta), .later(.positive), default: nil, shown: "\(RotaryFrequencies().theta)",
    "The base of the frequencies by which queries and keys turn.", of: owners(.llama))
  static let ropeScaling = Key<RopeParameters>(
    name(.ropeScaling), .rope, default: RopeParameters(.none),
    "How frequencies are stretched to longer sequences: {rope_type: linear, factor: 2} or Llama 3's fields.",
    aliases: LlamaConfiguration.Key.ropeScaling.aliases.map { "model.\($0)" }, of: owners(.llama))
  static let attentionBias = llama(
    .attentionBias, .boolean, \.attentionBias, "Whether the attention's linear layers have biases.")
  static let mlpBias = llama(
    .mlpBias, .boolean, \.mlpBias, "Whether the feed-forward part's linear layers have biases.")
  static let llamaDropout = llama(
    .attentionDropout, .probability, \.attentionDropout, "Dropout on attention weights.")

  static let llamaSection: [KeyDescription] = [
    keyValueHeads.description, headSize.description, rmsNormEpsilon.description, ropeTheta.description,
    ropeScaling.description, attentionBias.description, mlpBias.description, llamaDropout.description,
  ]

  private static func llama<Value>(
    _ key: LlamaConfiguration.Key, _ kind: Kind<Value>, _ property: KeyPath<LlamaConfiguration, Value>,
    _ meaning: String
  ) -> Key<Value> {
    Key(name(key), kind, default: LlamaConfiguration()[keyPath: property], meaning, of: owners(.llama))
  }

  private static func name(_ key: LlamaConfiguration.Key) -> String { "model.\(key.rawValue)" }
}
