internal import Model

extension Reader {
  /// The model, and its vocabulary where that is known.
  mutating func readModel() -> (model: GPT2Configuration, vocabulary: Int?) {
    if !Schema.keys.contains(where: { $0.name.hasPrefix("model.") && isGiven($0.name) }) {
      complain(
        "model", because: "is missing", hint: "name a model of configs/models or a file, as in 'model: gpt2'")
    }
    _ = read(Keys.modelType)
    for key in Keys.fixedSwitches { _ = read(key) }
    let vocabulary = read(Keys.vocabulary)
    var model = GPT2Configuration()
    model.vocabularySize = vocabulary ?? model.vocabularySize
    readSizes(&model)
    readNumbers(&model)
    checkModel(model)
    return (model, vocabulary)
  }

  private mutating func readSizes(_ model: inout GPT2Configuration) {
    model.positions = read(Keys.positions)
    model.hidden = read(Keys.hidden)
    model.layers = read(Keys.layers)
    model.heads = read(Keys.heads)
    model.intermediate = read(Keys.intermediate, else: 4 * model.hidden)
  }

  private mutating func readNumbers(_ model: inout GPT2Configuration) {
    model.activation = read(Keys.activation)
    model.layerNormEpsilon = read(Keys.layerNormEpsilon)
    model.bias = read(Keys.bias)
    model.tieWordEmbeddings = read(Keys.tied)
    model.embeddingDropout = read(Keys.embeddingDropout)
    model.attentionDropout = read(Keys.attentionDropout)
    model.residualDropout = read(Keys.residualDropout)
    model.initializerRange = read(Keys.initializerRange)
  }

  private mutating func checkModel(_ model: GPT2Configuration) {
    guard isSound(Keys.hidden.name, Keys.heads.name, Keys.layers.name, Keys.vocabulary.name) else { return }
    for problem in model.problems {
      complain("model.\(problem.key.rawValue)", value: problem.value, because: problem.reason, hint: problem.hint)
    }
  }

  mutating func readSequenceLength(_ model: GPT2Configuration) -> Int {
    let length = read(Keys.sequenceLength, else: model.positions)
    if length > model.positions, isSound(Keys.sequenceLength.name, Keys.positions.name) {
      complainAboutValue(
        Keys.sequenceLength.name, because: "is longer than the model's \(model.positions) positions",
        hint: "use at most \(model.positions), or a model with a larger n_positions")
    }
    return length
  }
}
