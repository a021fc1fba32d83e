import Quantities

/// Which tokenizer to make for a corpus.
package enum TokenizerKind: String, Hashable, Sendable, CaseIterable, Codable {
  /// One token per Unicode scalar; the vocabulary is what the corpus uses.
  case characters
  /// One token per byte of UTF-8 (or of anything else); the vocabulary is always 256.
  case bytes
}

/// A reversible map from text to tokens below `vocabularySize`.
package enum Tokenizer: Hashable, Sendable {
  case characters(CharacterVocabulary)
  case bytes

  package var kind: TokenizerKind {
    switch self {
    case .characters: .characters
    case .bytes: .bytes
    }
  }

  /// How many different tokens there are: the least `V` of a model for it.
  package var vocabularySize: Int {
    switch self {
    case .characters(let vocabulary): vocabulary.scalars.count
    case .bytes: 256
    }
  }

  /// The tokens of a text: one per Unicode scalar, or one per byte of its UTF-8.
  ///
  /// - Errors: the first character that the vocabulary does not have, with its code point and its position.
  package func encode(_ text: String) throws(CorpusError) -> [UInt16] {
    switch self {
    case .characters(let vocabulary): try encode(text, vocabulary)
    case .bytes: text.utf8.map(UInt16.init)
    }
  }

  /// The text of the tokens.
  ///
  /// Tokens outside the vocabulary (a model may pad its own) and bytes that are not UTF-8 become U+FFFD, the
  /// replacement character: what a model generates must always be printable.
  package func decode(_ tokens: some Sequence<some BinaryInteger>) -> String {
    switch self {
    case .characters(let vocabulary):
      var text = String.UnicodeScalarView()
      for token in tokens { text.append(vocabulary.scalar(Int(token))) }
      return String(text)
    case .bytes:
      // 0xFF never occurs in UTF-8, so the decoder repairs it.
      return String(decoding: tokens.map { UInt8(exactly: $0) ?? 0xFF }, as: UTF8.self)
    }
  }

  private func encode(_ text: String, _ vocabulary: CharacterVocabulary) throws(CorpusError) -> [UInt16] {
    var tokens: [UInt16] = []
    tokens.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      guard let token = vocabulary.token(of: scalar) else {
        throw unknown(scalar, position: tokens.count)
      }
      tokens.append(token)
    }
    return tokens
  }

  private func unknown(_ scalar: Unicode.Scalar, position: Int) -> CorpusError {
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let code = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    return CorpusError(
      reason: "character \(String(scalar).debugDescription) (U+\(code)) at position \(grouped(position)) is not among "
        + "the \(grouped(vocabularySize)) characters of the vocabulary",
      hint: "leave it out, or prepare the corpus with the bytes tokenizer, which knows every text")
  }
}

extension CharacterVocabulary {
  fileprivate func scalar(_ token: Int) -> Unicode.Scalar {
    scalars.indices.contains(token) ? scalars[token] : "\u{FFFD}"
  }
}
