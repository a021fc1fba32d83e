internal import Model

/// What a family's files call the sizes that a layout cuts.
struct ModelNames {
  var positions, heads, keyValueHeads, intermediate, layers: String
}

extension ModelConfiguration {
  var names: ModelNames {
    switch self {
    case .gpt2:
      ModelNames(GPT2Configuration.Key.positions, .heads, .heads, .intermediate, .layers)
    case .llama:
      ModelNames(LlamaConfiguration.Key.positions, .heads, .keyValueHeads, .intermediate, .layers)
    }
  }
}

extension ModelNames {
  fileprivate init<Key: RawRepresentable<String>>(
    _ positions: Key, _ heads: Key, _ keyValueHeads: Key, _ intermediate: Key, _ layers: Key
  ) {
    (self.positions, self.heads, self.keyValueHeads) = (positions.rawValue, heads.rawValue, keyValueHeads.rawValue)
    (self.intermediate, self.layers) = (intermediate.rawValue, layers.rawValue)
  }
}
