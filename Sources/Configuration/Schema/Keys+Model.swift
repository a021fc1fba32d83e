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
  static let modelType = Key<ModelConfiguration.Family>(
    "model.model_type", .choice, default: .gpt2, "The model's family.")
  static let vocabulary = Key<Int?>(
    "model.vocab_size", .optional(.count, or: "auto"), default: GPT2Configuration().vocabularySize,
    shown: shown(GPT2Configuration().vocabularySize, LlamaConfiguration().vocabularySize),
    "Tokens of the vocabulary; auto takes the tokenizer's.")
  static let positions = shared(
    .positions, .count, \.positions, \.positions, "The longest sequence; of GPT-2, rows of the position table.")
  static let hidden = shared(.hidden, .count, \.hidden, \.hidden, "Features of the residual stream, H.")
  static let layers = shared(.layers, .count, \.layers, \.layers, "Transformer blocks.")
  static let heads = shared(.heads, .count, \.heads, \.heads, "Attention heads; those of queries, in a LLaMA.")
  static let intermediate = Key<Int?>(
    name(.intermediate), .optional(.count), default: nil,
    shown: "4 × n_embd; \(LlamaConfiguration().intermediate) for llama", "Features inside the feed-forward part.",
    aliases: aliases(.intermediate))
  static let activation = shared(
    .activation, .choice, \.activation, \.activation,
    "The feed-forward part's non-linearity; gelu_new is the tanh approximation. A LLaMA has it on the gate.")
  static let tied = shared(
    .tieWordEmbeddings, .boolean, \.tieWordEmbeddings, \.tieWordEmbeddings,
    "Whether the output matrix is the token table.")
  static let initializerRange = shared(
    .initializerRange, .positive, \.initializerRange, \.initializerRange, "Standard deviation of initial weights.")
  static let layerNormEpsilon = gpt2(
    .layerNormEpsilon, .positive, \.layerNormEpsilon, "Added to the variance in layer norms.")
  static let bias = gpt2(.bias, .boolean, \.bias, "Whether linear layers and norms have biases.")
  static let embeddingDropout = gpt2(
    .embeddingDropout, .probability, \.embeddingDropout, "Dropout on the sum of both embeddings.")
  static let attentionDropout = gpt2(
    .attentionDropout, .probability, \.attentionDropout, "Dropout on attention weights.")
  static let residualDropout = gpt2(
    .residualDropout, .probability, \.residualDropout, "Dropout on what blocks add to the residual stream.")

  /// Switches of Hugging Face's GPT-2 that have one working value each.
  static let fixedSwitches = GPT2Configuration.fixedSwitches.map { name, value in
    Key(
      "model.\(name)",
      Kind<Bool>.boolean.refusing("this model computes with \(value)", hint: "remove it") { $0 == value },
      default: value, "Understood in Hugging Face's files; only \(value) works.", of: owners(.gpt2))
  }

  static let modelSection: [KeyDescription] = [modelBase.description] + familySection

  /// What one family or the other reads.
  static let familySection: [KeyDescription] =
    [
      modelType.description, vocabulary.description, positions.description, hidden.description, layers.description,
      heads.description, intermediate.description, activation.description, tied.description,
      initializerRange.description, layerNormEpsilon.description, bias.description, embeddingDropout.description,
      attentionDropout.description, residualDropout.description,
    ] + fixedSwitches.map(\.description) + llamaSection

  /// Keys of Hugging Face's files that say nothing about what a model computes in training.
  static let modelMetadata: Set<String> = [
    "_name_or_path", "architectures", "bos_token_id", "dtype", "eos_token_id", "finetuning_task",
    "gradient_checkpointing", "id2label", "label2id", "n_ctx", "output_past", "pad_token_id", "pretraining_tp",
    "summary_activation", "summary_first_dropout", "summary_proj_to_labels", "summary_type", "summary_use_proj",
    "task_specific_params", "torch_dtype", "transformers_version", "use_cache",
  ]

  /// A key of both families; each has a default of its own.
  private static func shared<Value: Equatable>(
    _ key: GPT2Configuration.Key, _ kind: Kind<Value>, _ gpt2: KeyPath<GPT2Configuration, Value>,
    _ llama: KeyPath<LlamaConfiguration, Value>, _ meaning: String
  ) -> Key<Value?> {
    let (first, second) = (GPT2Configuration()[keyPath: gpt2], LlamaConfiguration()[keyPath: llama])
    return Key<Value?>(
      name(key), .later(kind), default: nil, shown: shown(kind.write(first), kind.write(second)), meaning,
      aliases: aliases(key))
  }

  private static func gpt2<Value>(
    _ key: GPT2Configuration.Key, _ kind: Kind<Value>, _ property: KeyPath<GPT2Configuration, Value>, _ meaning: String
  ) -> Key<Value> {
    Key(
      name(key), kind, default: GPT2Configuration()[keyPath: property], meaning, aliases: aliases(key),
      of: owners(.gpt2))
  }

  private static func shown<Value: Equatable>(_ gpt2: Value, _ llama: Value) -> String {
    gpt2 == llama ? "\(gpt2)" : "\(gpt2); \(llama) for \(ModelConfiguration.Family.llama.rawValue)"
  }

  static func owners(_ family: ModelConfiguration.Family) -> [String] { [family.rawValue] }
  private static func name(_ key: GPT2Configuration.Key) -> String { "model.\(key.rawValue)" }
  private static func aliases(_ key: GPT2Configuration.Key) -> [String] { key.aliases.map { "model.\($0)" } }
}
