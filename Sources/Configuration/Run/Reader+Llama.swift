internal import Model
internal import Program

extension Reader {
  mutating func readLlama() -> (model: ModelConfiguration, vocabulary: Int?) {
    var model = LlamaConfiguration()
    let vocabulary = readVocabulary(else: model.vocabularySize)
    model.vocabularySize = vocabulary ?? model.vocabularySize
    readSizes(&model)
    readNumbers(&model)
    model.frequencies = readFrequencies(model.frequencies)
    takeGenericNames()
    return (.llama(model), vocabulary)
  }

  private mutating func readSizes(_ model: inout LlamaConfiguration) {
    model.positions = read(Keys.positions, else: model.positions)
    model.hidden = read(Keys.hidden, else: model.hidden)
    model.layers = read(Keys.layers, else: model.layers)
    model.heads = read(Keys.heads, else: model.heads)
    model.intermediate = read(Keys.intermediate, else: model.intermediate)
    model.keyValueHeads = read(Keys.keyValueHeads, else: model.heads)
    model.headSize = read(Keys.headSize, else: model.hidden / model.heads)
  }

  private mutating func readNumbers(_ model: inout LlamaConfiguration) {
    model.activation = read(Keys.activation, else: model.activation)
    model.tieWordEmbeddings = read(Keys.tied, else: model.tieWordEmbeddings)
    model.initializerRange = read(Keys.initializerRange, else: model.initializerRange)
    model.rmsNormEpsilon = read(Keys.rmsNormEpsilon)
    model.attentionBias = read(Keys.attentionBias)
    model.mlpBias = read(Keys.mlpBias)
    model.attentionDropout = read(Keys.llamaDropout)
  }

  /// The base may stand beside the section or in it.
  private mutating func readFrequencies(_ usual: RotaryFrequencies) -> RotaryFrequencies {
    let parameters = read(Keys.ropeScaling)
    let theta = read(Keys.ropeTheta, else: parameters.theta ?? usual.theta)
    if let inner = parameters.theta, inner != theta {
      complainAboutValue(
        Keys.ropeTheta.name, because: "is not the section's rope_theta of \(inner)", hint: "keep one of them")
    }
    return RotaryFrequencies(theta: theta, scaling: parameters.scaling)
  }

  /// Hugging Face's LLaMA files know no `n_embd`.
  private mutating func takeGenericNames() {
    for key in LlamaConfiguration.Key.allCases {
      let spelling = "model.\(key.rawValue)"
      if let canonical = Schema.key(spelled: spelling)?.name, canonical != spelling { rename(canonical, to: spelling) }
    }
  }
}
