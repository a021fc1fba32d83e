/// Where tokens come from: a mapped file, memory, or a formula.
package enum TokenSource: Sendable {
  case file(TokenFile)
  case memory([UInt16])
  case synthetic(SyntheticTokens)

  /// Number of tokens.
  package var count: Int {
    switch self {
    case .file(let file): file.count
    case .memory(let tokens): tokens.count
    case .synthetic(let stream): stream.count
    }
  }

  /// The tokens at the positions of `range`, which must lie in `0..<count`.
  package func tokens(in range: Range<Int>) -> [Int32] {
    var tokens = [Int32](repeating: 0, count: range.count)
    copy(range, into: &tokens, at: 0)
    return tokens
  }

  /// Copies the tokens at the positions of `range` to `destination[offset...]`, which must have room for them.
  package func copy(_ range: Range<Int>, into destination: inout [Int32], at offset: Int) {
    switch self {
    case .file(let file): file.copy(range, into: &destination, at: offset)
    case .memory(let tokens): for (i, token) in tokens[range].enumerated() { destination[offset + i] = Int32(token) }
    case .synthetic(let stream): for (i, position) in range.enumerated() { destination[offset + i] = stream[position] }
    }
  }

  /// Checks that every token is below the size of the vocabulary; reads a file once, whole.
  ///
  /// - Errors: the first token that is not, with its position.
  package func validate(vocabularySize: Int) throws(CorpusError) {
    switch self {
    case .file(let file): try file.validate(vocabularySize: vocabularySize)
    case .memory(let tokens):
      guard let position = tokens.firstIndex(where: { $0 >= vocabularySize }) else { return }
      throw .outsideVocabulary(Int(tokens[position]), at: position, size: vocabularySize)
    case .synthetic(let stream):
      guard stream.vocabularySize > vocabularySize else { return }
      guard let position = (0..<stream.count).first(where: { stream[$0] >= vocabularySize }) else { return }
      throw .outsideVocabulary(Int(stream[position]), at: position, size: vocabularySize)
    }
  }
}
