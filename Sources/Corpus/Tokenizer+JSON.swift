import Foundation
import Quantities

/// The form written beside token files as `tokenizer.json`.
///
///     { "characters" : "\n !$&',-.3:;?AB…", "format" : "orrery-tokenizer", "kind" : "characters",
///       "version" : 1, "vocabularySize" : 65 }
///
/// The token of a character is its place in `characters`, counted in Unicode scalars from 0; `bytes` has none.
extension Tokenizer: Codable {
  private enum Key: String, CodingKey { case format, version, kind, vocabularySize, characters }
  private static let format = "orrery-tokenizer"
  private static let version = 1

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.format, forKey: .format)
    try container.encode(Self.version, forKey: .version)
    try container.encode(kind, forKey: .kind)
    try container.encode(vocabularySize, forKey: .vocabularySize)
    if case .characters(let vocabulary) = self {
      try container.encode(String(String.UnicodeScalarView(vocabulary.scalars)), forKey: .characters)
    }
  }

  /// - Errors: `CorpusError` for another format or version, an unknown kind, characters that are not a vocabulary.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    try Self.checkFormat(try? container.decode(String.self, forKey: .format))
    try Self.checkVersion(try container.decode(Int.self, forKey: .version))
    switch try Self.kind(named: try container.decode(String.self, forKey: .kind)) {
    case .bytes: self = .bytes
    case .characters:
      let characters = try container.decode(String.self, forKey: .characters)
      self = .characters(try CharacterVocabulary(ascending: Array(characters.unicodeScalars)))
    }
    let size = try container.decode(Int.self, forKey: .vocabularySize)
    guard size == vocabularySize else {
      throw CorpusError(reason: "vocabularySize is \(size), but the vocabulary has \(vocabularySize) tokens")
    }
  }

  private static func checkFormat(_ format: String?) throws(CorpusError) {
    guard format == Self.format else {
      throw CorpusError(
        reason: "format is '\(format ?? "")', not '\(Self.format)'", hint: "prepare the corpus again to write one")
    }
  }

  private static func checkVersion(_ version: Int) throws(CorpusError) {
    guard version == Self.version else {
      throw CorpusError(
        reason: "version \(version) of the tokenizer file; this program reads version \(Self.version)",
        hint: "prepare the corpus again with this program")
    }
  }

  private static func kind(named name: String) throws(CorpusError) -> TokenizerKind {
    if let kind = TokenizerKind(rawValue: name) { return kind }
    let known = TokenizerKind.allCases.map(\.rawValue)
    let meant = suggestion(for: name, among: known).map { "did you mean '\($0)'? " } ?? ""
    throw CorpusError(
      reason: "unknown kind of tokenizer '\(name)'", hint: meant + "kinds: \(known.joined(separator: ", "))")
  }
}

extension Tokenizer {
  /// The bytes of `tokenizer.json`: keys sorted, so equal tokenizers make equal files.
  func json() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else { preconditionFailure("a tokenizer did not encode: \(kind)") }
    return Array(data) + [UInt8(ascii: "\n")]
  }

  /// Writes `tokenizer.json`, whole or not at all.
  ///
  /// - Errors: a place that cannot be written, with the system's reason.
  package func write(to path: String) throws(CorpusError) {
    try AtomicFiles.write([(path, json())])
  }

  /// Reads `tokenizer.json`.
  ///
  /// - Errors: a missing file, malformed JSON, another format or version.
  package init(path: String) throws(CorpusError) {
    let data = try attempting(path, "cannot be read", hint: "prepare writes it beside train.bin and val.bin") {
      try Data(contentsOf: URL(fileURLWithPath: path))
    }
    do {
      self = try JSONDecoder().decode(Tokenizer.self, from: data)
    } catch let error as CorpusError {
      throw error.about(path)
    } catch {
      throw CorpusError(
        file: path, reason: "is not a tokenizer file: \(error)", hint: "prepare the corpus again to write one")
    }
  }
}
