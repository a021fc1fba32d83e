import Quantities

/// The tokens a model trains on and those it is validated on.
package struct Dataset: Sendable {
  /// A part of a dataset.
  package enum Split: String, Hashable, Sendable, CaseIterable { case training, validation }

  package let training: TokenSource
  package let validation: TokenSource
  /// How to read the tokens; nil for token files that came without one.
  package let tokenizer: Tokenizer?
  /// What the user named, for messages.
  package let origin: String

  package init(training: TokenSource, validation: TokenSource, tokenizer: Tokenizer?, origin: String) {
    self.training = training
    self.validation = validation
    self.tokenizer = tokenizer
    self.origin = origin
  }

  package subscript(split: Split) -> TokenSource {
    switch split {
    case .training: training
    case .validation: validation
    }
  }
}

extension Dataset {
  /// A directory that `PreparedCorpus.prepare` wrote.
  ///
  /// - Errors: a file of the three that is missing or malformed.
  package init(preparedDirectory directory: String) throws(CorpusError) {
    func path(_ name: String) -> String { PreparedCorpus.path(name, in: directory) }
    // What is malformed says so itself; the checksums find what is merely wrong.
    let (training, validation) = (
      try TokenFile(path: path(PreparedCorpus.trainingName)), try TokenFile(path: path(PreparedCorpus.validationName))
    )
    let tokenizer = try Tokenizer(path: path(PreparedCorpus.tokenizerName))
    try Checksums.check(directory)
    self.init(
      training: .file(training), validation: .file(validation), tokenizer: tokenizer, origin: directory)
  }

  /// A pair of token files of nanoGPT or llm.c, from any tokenizer.
  ///
  /// - Errors: a file that is missing or malformed.
  package init(
    trainingFile: String, validationFile: String, tokenizer: Tokenizer? = nil
  ) throws(CorpusError) {
    self.init(
      training: .file(try TokenFile(path: trainingFile)), validation: .file(try TokenFile(path: validationFile)),
      tokenizer: tokenizer, origin: "\(trainingFile), \(validationFile)")
  }

  /// Text files or directories of them, tokenized in memory; equal to preparing them first.
  ///
  /// - Errors: those of `TextCorpus`, and a fraction that leaves a split empty.
  package init(
    texts: [String], tokenizer kind: TokenizerKind, validationFraction: Double = 0.1
  ) throws(CorpusError) {
    let corpus = try TextCorpus(texts)
    let tokenizer = try corpus.tokenizer(kind)
    let split = try SplitTokens(try corpus.tokens(tokenizer), validationFraction: validationFraction)
    self.init(
      training: .memory(split.training), validation: .memory(split.validation), tokenizer: tokenizer,
      origin: texts.joined(separator: ", "))
  }

  /// Made-up tokens, the same for both splits.
  package init(synthetic stream: SyntheticTokens) {
    self.init(training: .synthetic(stream), validation: .synthetic(stream), tokenizer: nil, origin: "synthetic tokens")
  }
}

extension Dataset {
  /// Checks that each split used is long enough for one sample: a block of inputs and the target after its last.
  ///
  /// - Errors: the first split with fewer than `sequenceLength + 1` tokens, with both numbers.
  package func check(sequenceLength: Int, splits: [Split] = Split.allCases) throws(CorpusError) {
    for split in splits where self[split].count <= sequenceLength {
      let count = self[split].count
      let shorter = count > 1 ? "use a sequence length of at most \(grouped(count - 1)), or " : ""
      throw CorpusError(
        file: origin,
        reason: "the \(split.rawValue) split has \(grouped(count)) tokens; a sequence length of "
          + "\(grouped(sequenceLength)) needs at least \(grouped(sequenceLength + 1))",
        hint: shorter + "give more text to this split")
    }
  }

  /// Checks that every token of the splits is below the size of the model's vocabulary.
  ///
  /// - Errors: the first token that is not, with its file and position.
  package func validate(vocabularySize: Int, splits: [Split] = Split.allCases) throws(CorpusError) {
    for split in splits {
      do { try self[split].validate(vocabularySize: vocabularySize) } catch { throw error.about(origin) }
    }
  }

  /// The samples of a split.
  ///
  /// - Errors: a split shorter than a sample.
  package func sampler(
    _ split: Split, order: BatchSampler.Order, sequenceLength: Int
  ) throws(CorpusError) -> BatchSampler {
    try check(sequenceLength: sequenceLength, splits: [split])
    return BatchSampler(order: order, sequenceLength: sequenceLength, count: self[split].count)
  }
}
