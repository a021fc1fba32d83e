import Corpus
import Testing

struct CharacterVocabularyTests {
  @Test func `a vocabulary is the distinct scalars of all texts in ascending order`() throws {
    let vocabulary = try CharacterVocabulary(of: ["banana", "né\n", "🌍a"])
    #expect(vocabulary.scalars == ["\n", "a", "b", "n", "é", "🌍"])
  }

  @Test func `each scalar is found at its place and no other scalar is found`() throws {
    let vocabulary = try CharacterVocabulary(of: ["zebra ñ 🌍"])
    for (token, scalar) in vocabulary.scalars.enumerated() { #expect(vocabulary.token(of: scalar) == UInt16(token)) }
    let others = (0..<0x2_0000).compactMap(Unicode.Scalar.init).filter { !vocabulary.scalars.contains($0) }
    #expect(others.allSatisfy { vocabulary.token(of: $0) == nil })
  }

  @Test func `65,536 characters fit in tokens of 16 bits and one more does not`() throws {
    let scalars = (0..<0x2_0000).compactMap { Unicode.Scalar($0 as Int) }
    #expect(try CharacterVocabulary(ascending: Array(scalars.prefix(65_536))).scalars.count == 65_536)
    let refused = message { () throws(CorpusError) in
      _ = try CharacterVocabulary(ascending: Array(scalars.prefix(65_537)))
    }
    #expect(refused?.contains("65,537 distinct characters; tokens of 16 bits number at most 65,536") == true)
    #expect(refused?.contains("bytes tokenizer") == true)
  }

  @Test(arguments: [[], ["b", "a"], ["a", "a"]] as [[Unicode.Scalar]])
  func `scalars that are none, out of order or repeated are refused`(scalars: [Unicode.Scalar]) {
    #expect(throws: CorpusError.self) { try CharacterVocabulary(ascending: scalars) }
  }
}

extension Unicode.Scalar {
  /// Nil for surrogates.
  fileprivate init?(_ value: Int) { self.init(UInt32(value)) }
}
