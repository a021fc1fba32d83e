import Quantities

/// The distinct Unicode scalars of a corpus in ascending order; the token of a scalar is its place among them.
///
/// - Source: nanoGPT, `data/shakespeare_char/prepare.py`: `sorted(list(set(data)))`.
package struct CharacterVocabulary: Hashable, Sendable {
  package let scalars: [Unicode.Scalar]
  /// Token of each scalar value up to the largest one, or -1: an array, because every character of a corpus asks it.
  private let tokens: [Int32]

  /// Takes scalars that ascend strictly.
  ///
  /// - Errors: none at all, not ascending, or more than 65,536 of them, which 16-bit tokens cannot number.
  package init(ascending scalars: [Unicode.Scalar]) throws(CorpusError) {
    guard let largest = scalars.last else {
      throw CorpusError(reason: "a character vocabulary without characters", hint: "give a text that is not empty")
    }
    guard scalars.count <= tokenLimit else { throw Self.tooLarge(scalars.count) }
    guard zip(scalars, scalars.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw CorpusError(reason: "the characters of the vocabulary do not ascend or are not distinct")
    }
    var tokens = [Int32](repeating: -1, count: Int(largest.value) + 1)
    for (token, scalar) in scalars.enumerated() { tokens[Int(scalar.value)] = Int32(token) }
    self.scalars = scalars
    self.tokens = tokens
  }

  /// The characters that occur in any of the texts.
  ///
  /// - Errors: texts without a character, or with more than 65,536 different ones.
  package init(of texts: [String]) throws(CorpusError) {
    var occurs = [Bool](repeating: false, count: 0x11_0000)
    for text in texts { for scalar in text.unicodeScalars { occurs[Int(scalar.value)] = true } }
    try self.init(ascending: occurs.indices.compactMap { occurs[$0] ? Unicode.Scalar(UInt32($0)) : nil })
  }

  /// The token of a character, or nil for one that the corpus did not have.
  package func token(of scalar: Unicode.Scalar) -> UInt16? {
    guard scalar.value < tokens.count, tokens[Int(scalar.value)] >= 0 else { return nil }
    return UInt16(tokens[Int(scalar.value)])
  }

  private static func tooLarge(_ count: Int) -> CorpusError {
    CorpusError(
      reason: "\(grouped(count)) distinct characters; tokens of 16 bits number at most \(grouped(tokenLimit))",
      hint: "use the bytes tokenizer, whose vocabulary is 256 for any text")
  }
}

/// How many values a 16-bit token has.
let tokenLimit = 65_536
