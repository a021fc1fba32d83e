internal import Model

extension Reader {
  mutating func readGPT2() -> (model: ModelConfiguration, vocabulary: Int?) {
    _ = Keys.fixedSwitches.map { read($0) }
    var model = GPT2Configuration()
    let vocabulary = readVocabulary(else: model.vocabularySize)
    model.vocabularySize = vocabulary ?? model.vocabularySize
    readSizes(&model)
    readNumbers(&model)
    return (.gpt2(model), vocabulary)
  }

  private mutating func readSizes(_ model: inout GPT2Configuration) {
    model.positions = read(Keys.positions, else: model.positions)
    model.hidden = read(Keys.hidden, else: model.hidden)
    model.layers = read(Keys.layers, else: model.layers)
    model.heads = read(Keys.heads, else: model.heads)
    model.intermediate = read(Keys.intermediate, else: 4 * model.hidden)
  }

  private mutating func readNumbers(_ model: inout GPT2Configuration) {
    model.activation = read(Keys.activation, else: model.activation)
    model.tieWordEmbeddings = read(Keys.tied, else: model.tieWordEmbeddings)
    model.initializerRange = read(Keys.initializerRange, else: model.initializerRange)
    model.layerNormEpsilon = read(Keys.layerNormEpsilon)
    model.bias = read(Keys.bias)
    model.embeddingDropout = read(Keys.embeddingDropout)
    model.attentionDropout = read(Keys.attentionDropout)
    model.residualDropout = read(Keys.residualDropout)
  }
}
