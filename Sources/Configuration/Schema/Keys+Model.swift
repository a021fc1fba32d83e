internal import Model
internal import Program

/// Every key of a run, each with its type, default and meaning: the one source for decoding, suggestions and the reference.
enum Keys {}

extension Keys {
  static let modelBase = Key<String?>(
    "model.base", .optional(.path), default: nil, shown: "none: the keys below alone",
    "A model to start from: the name of a file in configs/models, or the path of a YAML file or a Hugging Face config.json, "
      + "relative to this file's folder. Keys beside it take precedence.",
    aliases: ["model"])
  static let vocabulary = Key<Int?>(
    "model.vocab_size", .optional(.count, or: "auto"), default: GPT2Configuration().vocabularySize,
    "Tokens of the vocabulary; auto takes the tokenizer's.")
  static let positions = model(
    .positions, .count, \.positions, "The longest sequence: rows of the position table.")
  static let hidden = model(.hidden, .count, \.hidden, "Features of the residual stream, H.")
  static let layers = model(.layers, .count, \.layers, "Transformer blocks.")
  static let heads = model(.heads, .count, \.heads, "Attention heads; each has H / heads features.")
  static let intermediate = Key<Int?>(
    name(.intermediate), .optional(.count), default: nil, shown: "4 × n_embd", "Features inside the feed-forward part.",
    aliases: aliases(.intermediate))
  static let activation = model(
    .activation, .choice, \.activation, "The feed-forward part's non-linearity; gelu_new is the tanh approximation.")
  static let layerNormEpsilon = model(
    .layerNormEpsilon, .positive, \.layerNormEpsilon, "Added to the variance in layer norms.")
  static let bias = model(.bias, .boolean, \.bias, "Whether linear layers and norms have biases.")
  static let tied = model(
    .tieWordEmbeddings, .boolean, \.tieWordEmbeddings, "Whether the output matrix is the token table.")
  static let embeddingDropout = model(
    .embeddingDropout, .probability, \.embeddingDropout, "Dropout on the sum of both embeddings.")
  static let attentionDropout = model(
    .attentionDropout, .probability, \.attentionDropout, "Dropout on attention weights.")
  static let residualDropout = model(
    .residualDropout, .probability, \.residualDropout, "Dropout on what blocks add to the residual stream.")
  static let initializerRange = model(
    .initializerRange, .positive, \.initializerRange, "Standard deviation of initial weights.")
  static let modelType = Key(
    name(.modelType), .choice([(GPT2Configuration.modelType, GPT2Configuration.modelType)]),
    default: GPT2Configuration.modelType, "The model's family.")

  /// Switches of Hugging Face's GPT-2 that have one working value each.
  static let fixedSwitches = GPT2Configuration.fixedSwitches.map { name, value in
    Key(
      "model.\(name)",
      Kind<Bool>.boolean.refusing("this model computes with \(value)", hint: "remove it") { $0 == value },
      default: value, "Understood in Hugging Face's files; only \(value) works.")
  }

  static let modelSection: [KeyDescription] =
    [
      modelBase.description, vocabulary.description, positions.description, hidden.description, layers.description,
      heads.description, intermediate.description, activation.description, layerNormEpsilon.description,
      bias.description, tied.description, embeddingDropout.description, attentionDropout.description,
      residualDropout.description, initializerRange.description, modelType.description,
    ] + fixedSwitches.map(\.description)

  /// Keys of Hugging Face's files that say nothing about what a GPT-2 computes in training.
  static let modelMetadata: Set<String> = [
    "_name_or_path", "architectures", "bos_token_id", "dtype", "eos_token_id", "finetuning_task",
    "gradient_checkpointing", "id2label", "label2id", "n_ctx", "output_past", "pad_token_id", "summary_activation",
    "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj", "task_specific_params",
    "torch_dtype", "transformers_version", "use_cache",
  ]

  private static func model<Value>(
    _ key: GPT2Configuration.Key, _ kind: Kind<Value>, _ property: KeyPath<GPT2Configuration, Value>, _ meaning: String
  ) -> Key<Value> {
    Key(name(key), kind, default: GPT2Configuration()[keyPath: property], meaning, aliases: aliases(key))
  }

  private static func name(_ key: GPT2Configuration.Key) -> String { "model.\(key.rawValue)" }
  private static func aliases(_ key: GPT2Configuration.Key) -> [String] { key.aliases.map { "model.\($0)" } }
}
