import Model

extension ModelConfiguration {
  /// The same model of other layers.
  func with(layers: Int) -> ModelConfiguration {
    switch self {
    case .gpt2(var model):
      model.layers = layers
      return .gpt2(model)
    case .llama(var model):
      model.layers = layers
      return .llama(model)
    }
  }
}
