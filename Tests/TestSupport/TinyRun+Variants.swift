package import Model

extension TinyLayout {
  /// One process, but for what `change` cuts.
  package static func cut(_ change: (inout TinyLayout) -> Void) -> TinyLayout {
    var layout = TinyLayout()
    change(&layout)
    return layout
  }
}

extension TinyRun {
  /// The same run on another GPT-2; nothing happens to a LLaMA.
  package mutating func changeGPT2(_ change: (inout GPT2Configuration) -> Void) {
    guard case .gpt2(var model) = model else { return }
    change(&model)
    self.model = .gpt2(model)
  }

  /// Four layers and four heads: enough to be cut four ways along every axis.
  package static var divisible: TinyRun {
    var run = TinyRun()
    run.changeGPT2 { ($0.layers, $0.heads) = (4, 4) }
    return run
  }

  /// A LLaMA of the same size, with two key-value heads.
  package static var llama: TinyRun {
    var run = TinyRun()
    run.model = .llama(
      LlamaConfiguration(
        vocabularySize: 31, positions: 12, hidden: 16, intermediate: 24, layers: 4, heads: 4, keyValueHeads: 2))
    return run
  }
}
