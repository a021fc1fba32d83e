/// The shape of a model, of whichever family its `config.json` names.
package enum ModelConfiguration: Hashable, Sendable {
  case gpt2(GPT2Configuration)
  case llama(LlamaConfiguration)
}

extension ModelConfiguration {
  package enum Family: String, Hashable, Sendable, CaseIterable {
    case gpt2
    case llama
  }

  package var family: Family {
    switch self {
    case .gpt2: .gpt2
    case .llama: .llama
    }
  }

  package var architecture: Architecture {
    switch self {
    case .gpt2(let model): model.architecture
    case .llama(let model): model.architecture
    }
  }

  /// Everything that keeps this from being a model; empty where it is one.
  package var problems: [Problem] {
    switch self {
    case .gpt2(let model): model.problems
    case .llama(let model): model.problems
    }
  }

  /// Trainable values; a tied output matrix counts once.
  package var parameterCount: Int {
    switch self {
    case .gpt2(let model): model.parameterCount
    case .llama(let model): model.parameterCount
    }
  }

  /// `V`: rows of the token table.
  package var vocabularySize: Int {
    get {
      switch self {
      case .gpt2(let model): model.vocabularySize
      case .llama(let model): model.vocabularySize
      }
    }
    set {
      switch self {
      case .gpt2(var model):
        model.vocabularySize = newValue
        self = .gpt2(model)
      case .llama(var model):
        model.vocabularySize = newValue
        self = .llama(model)
      }
    }
  }
}

extension ModelConfiguration: Codable {
  /// Reads Hugging Face's `config.json` of any family; GPT-2's where `model_type` is absent.
  ///
  /// - Errors: `DecodingError` for a family that is not known, with those that are, and as the family's own.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: SettingName.self)
    switch try ModelConfiguration.family(container) {
    case .gpt2: self = .gpt2(try GPT2Configuration(from: decoder))
    case .llama: self = .llama(try LlamaConfiguration(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .gpt2(let model): try model.encode(to: encoder)
    case .llama(let model): try model.encode(to: encoder)
    }
  }

  private static func family(_ container: KeyedDecodingContainer<SettingName>) throws -> Family {
    let key = "model_type"
    guard let name = try container.decodeIfPresent(String.self, forKey: SettingName(key)) else {
      let strange = LlamaConfiguration.ownKeys.map(\.rawValue).first { container.contains(SettingName($0)) }
      guard let strange else { return .gpt2 }
      throw container.corrupted(key, "is missing, and \(strange) is LLaMA's; add \"model_type\": \"llama\"")
    }
    if let family = Family(rawValue: name) { return family }
    let known = Family.allCases.map(\.rawValue).joined(separator: ", ")
    throw container.corrupted(key, "'\(name)' is not supported; one of \(known)")
  }
}
