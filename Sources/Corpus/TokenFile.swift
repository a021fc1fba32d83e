import Foundation
import Quantities

/// A file of 16-bit tokens, mapped into memory: opening it reads no token, and ranks on one machine share its pages.
///
/// The file must not be shortened while it is open; `write` replaces files and never does.
package struct TokenFile: Sendable {
  package let path: String
  package let format: TokenFormat
  /// Number of tokens; at least 1.
  package let count: Int
  private let data: Data

  /// Opens a token file and tells its format by its first bytes, unless told.
  ///
  /// - Errors: missing or unreadable, empty, an odd number of bytes, a version this program does not know, a header
  ///   whose count disagrees with the size of the file.
  package init(path: String, format: TokenFormat? = nil) throws(CorpusError) {
    let data = try attempting(path, "cannot be read", hint: "check the path, or prepare a corpus to write it") {
      try Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
    }
    do {
      if let format { self.format = format } else { self.format = try Self.detectFormat(data) }
      self.count = try Self.countTokens(data, self.format)
    } catch { throw error.about(path) }
    self.path = path
    self.data = data
  }

  /// The token at a position in `0..<count`.
  package subscript(position: Int) -> UInt16 {
    precondition(position >= 0 && position < count, "token \(position) of \(path), which has \(count)")
    let byte = format.headerBytes + 2 * position
    return UInt16(data[byte]) | UInt16(data[byte + 1]) << 8
  }

  /// The tokens at the positions of `range`.
  package func copy(_ range: Range<Int>) -> [Int32] {
    var tokens = [Int32](repeating: 0, count: range.count)
    copy(range, into: &tokens, at: 0)
    return tokens
  }

  /// Copies the tokens at the positions of `range` to `destination[offset...]`, which must have room for them.
  package func copy(_ range: Range<Int>, into destination: inout [Int32], at offset: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "tokens \(range) of \(path), which has \(count)")
    let start = format.headerBytes + 2 * range.lowerBound
    let bytes = data.span.extracting(start..<start + 2 * range.count)
    var span = destination.mutableSpan
    for i in 0..<range.count {
      span[offset &+ i] = Int32(bytes[2 &* i]) | Int32(bytes[2 &* i &+ 1]) << 8
    }
  }

  /// Reads the whole file once and checks that every token is below the size of the vocabulary.
  ///
  /// - Errors: the first token that is not, with its position.
  package func validate(vocabularySize: Int) throws(CorpusError) {
    let bytes = data.span.extracting(format.headerBytes..<format.headerBytes + 2 * count)
    for position in 0..<count {
      let token = Int(bytes[2 &* position]) | Int(bytes[2 &* position &+ 1]) << 8
      guard token < vocabularySize else {
        throw CorpusError.outsideVocabulary(token, at: position, size: vocabularySize).about(path)
      }
    }
  }
}

extension TokenFile {
  private static func detectFormat(_ data: Data) throws(CorpusError) -> TokenFormat {
    switch integer(data, 0) {
    case TokenFormat.magic: return .llmC
    case TokenFormat.wideMagic:
      throw CorpusError(
        reason: "holds 32-bit tokens (llm.c's Llama 3 format)", hint: "use a tokenizer of at most 65,536 tokens")
    default: return .nanoGPT
    }
  }

  private static func countTokens(_ data: Data, _ format: TokenFormat) throws(CorpusError) -> Int {
    guard !data.isEmpty else { throw CorpusError(reason: "is empty", hint: "prepare the corpus again") }
    let count = format == .llmC ? try countDeclared(data) : data.count / 2
    guard format == .llmC || data.count.isMultiple(of: 2) else {
      throw CorpusError(
        reason: "has \(grouped(data.count)) bytes, an odd number; tokens take two each",
        hint: "the file was cut short, or it is not a token file; prepare the corpus again")
    }
    guard count > 0 else { throw CorpusError(reason: "holds no tokens", hint: "prepare the corpus again") }
    return count
  }

  /// The count in llm.c's header, which must account for every byte of the file.
  private static func countDeclared(_ data: Data) throws(CorpusError) -> Int {
    let again = "download or prepare it again"
    guard data.count >= TokenFormat.llmC.headerBytes, integer(data, 0) == TokenFormat.magic else {
      throw CorpusError(reason: "does not begin with llm.c's header of 1,024 bytes", hint: again)
    }
    let version = integer(data, 1) ?? 0
    guard version == TokenFormat.version else {
      throw CorpusError(
        reason: "has version \(version) of llm.c's format; this program reads version \(TokenFormat.version)",
        hint: again)
    }
    let declared = Int(integer(data, 2) ?? 0)
    let expected = TokenFormat.llmC.headerBytes + 2 * declared
    guard data.count == expected else {
      let how = data.count < expected ? "is truncated" : "has trailing bytes"
      throw CorpusError(
        reason: "\(how): its header promises \(grouped(declared)) tokens, which makes \(grouped(expected)) bytes; "
          + "the file has \(grouped(data.count))", hint: again)
    }
    return declared
  }

  /// The little-endian 32-bit integer at an index, or nil past the end.
  private static func integer(_ data: Data, _ index: Int) -> Int32? {
    guard data.count >= 4 * (index + 1) else { return nil }
    return (0..<4).reduce(Int32(0)) { $0 | Int32(data[4 * index + $1]) << Int32(8 * $1) }
  }
}

extension CorpusError {
  static func outsideVocabulary(_ token: Int, at position: Int, size: Int) -> CorpusError {
    CorpusError(
      reason: "token \(grouped(token)) at position \(grouped(position)) is outside a vocabulary of \(grouped(size))",
      hint: "give the model the vocabulary of the tokenizer that wrote the file; perhaps this is not a token file")
  }
}
