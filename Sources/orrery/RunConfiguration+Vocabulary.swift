import Configuration
import Corpus

extension RunConfiguration {
  /// The run with the vocabulary of its data, where that is open: only then is the data read.
  func withKnownVocabulary() throws -> RunConfiguration {
    if vocabularySize != nil { return self }
    do { return try withVocabulary(try Dataset(data).tokenizer?.vocabularySize ?? 0) } catch let error as CorpusError {
      throw Failure(
        code: .data,
        text: "\(error.description)\nA vocabulary of auto needs the data; add model.vocab_size=… to do without."
      ).error
    }
  }
}
