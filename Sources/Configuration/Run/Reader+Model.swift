internal import Model

extension Reader {
  /// The model, and its vocabulary where that is known.
  mutating func readModel() -> (model: ModelConfiguration, vocabulary: Int?) {
    if !Schema.keys.contains(where: { $0.name.hasPrefix("model.") && isGiven($0.name) }) {
      complain(
        "model", because: "is missing", hint: "name a model of configs/models or a file, as in 'model: gpt2'")
    }
    let family = read(Keys.modelType)
    let (model, vocabulary) =
      switch family {
      case .gpt2: readGPT2()
      case .llama: readLlama()
      }
    refuseUnread(
      of: Keys.familySection, because: "is not used by model.model_type \(family.rawValue)",
      choice: Keys.modelType.name)
    checkModel(model)
    return (model, vocabulary)
  }

  /// The vocabulary, nil for the tokenizer's; the family's own where nothing is said.
  mutating func readVocabulary(else size: Int) -> Int? {
    let vocabulary = read(Keys.vocabulary)
    guard !isGiven(Keys.vocabulary.name) else { return vocabulary }
    settle(Keys.vocabulary, size)
    return size
  }

  private mutating func checkModel(_ model: ModelConfiguration) {
    let sizes = [
      Keys.hidden.name, Keys.heads.name, Keys.layers.name, Keys.vocabulary.name, Keys.keyValueHeads.name,
      Keys.headSize.name, Keys.ropeTheta.name,
    ]
    guard sizes.allSatisfy({ isSound($0) }) else { return }
    for problem in model.problems {
      complain("model.\(problem.key)", value: problem.value, because: problem.reason, hint: problem.hint)
    }
  }

  mutating func readSequenceLength(_ model: ModelConfiguration) -> Int {
    let longest = model.architecture.positionCount
    let length = read(Keys.sequenceLength, else: longest)
    if length > longest, isSound(Keys.sequenceLength.name, Keys.positions.name) {
      complainAboutValue(
        Keys.sequenceLength.name, because: "is longer than the model's \(longest) positions",
        hint: "use at most \(longest), or a model with a larger \(model.names.positions)")
    }
    return length
  }
}
