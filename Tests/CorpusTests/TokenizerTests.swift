import Corpus
import Testing

struct TokenizerTests {
  static let texts = [
    "a", "To be, or not to be\n", "naïve e\u{301} 🇫🇷 🌍\r\n\t\0", "\u{FEFF}BOM", String(repeating: "xyz", count: 9999),
  ]

  @Test(arguments: texts, TokenizerKind.allCases)
  func `decoding what was encoded gives the text back, scalar for scalar`(text: String, kind: TokenizerKind) throws {
    let tokenizer = try tokenizer(kind, of: text)
    let decoded = tokenizer.decode(try tokenizer.encode(text))
    #expect(decoded.unicodeScalars.elementsEqual(text.unicodeScalars))
  }

  @Test(arguments: texts, TokenizerKind.allCases)
  func `every token is below the size of the vocabulary`(text: String, kind: TokenizerKind) throws {
    let tokenizer = try tokenizer(kind, of: text)
    #expect(try tokenizer.encode(text).allSatisfy { $0 < tokenizer.vocabularySize })
  }

  @Test func `characters become their rank and bytes become themselves`() throws {
    #expect(try tokenizer(.characters, of: "hello").encode("hole") == [1, 3, 2, 0])
    #expect(try Tokenizer.bytes.encode("hé") == [0x68, 0xC3, 0xA9])
    #expect(Tokenizer.bytes.vocabularySize == 256)
  }

  @Test func `a character outside the vocabulary is named with its code point and position`() throws {
    let tokenizer = try tokenizer(.characters, of: "abc")
    let refused = message { () throws(CorpusError) in _ = try tokenizer.encode("abéc") }
    #expect(refused?.contains("character \"é\" (U+00E9) at position 2 is not among the 3 characters") == true)
  }

  @Test func `tokens that stand for no text decode to the replacement character`() throws {
    #expect(try tokenizer(.characters, of: "abc").decode([0, 3, 2, -1]) == "a\u{FFFD}c\u{FFFD}")
    #expect(Tokenizer.bytes.decode([0x61, 0xC3, 300]) == "a\u{FFFD}\u{FFFD}")
  }

  private func tokenizer(_ kind: TokenizerKind, of text: String) throws -> Tokenizer {
    switch kind {
    case .characters: .characters(try CharacterVocabulary(of: [text]))
    case .bytes: .bytes
    }
  }
}
