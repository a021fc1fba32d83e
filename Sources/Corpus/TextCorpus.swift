import Foundation
import Quantities

/// Text files, joined as `cat` would join them: in the order of the arguments, nothing added, nothing changed.
package struct TextCorpus: Sendable {
  /// The files that were read, in order; a directory is replaced by its text files.
  package let files: [String]
  /// The entries of directories that were passed over, each with the reason.
  package let skipped: [SkippedEntry]
  /// The mapped contents of `files`.
  private let contents: [Data]

  /// Opens files, and directories one level deep.
  ///
  /// - Errors: a path that cannot be read, a directory without text, nothing but empty files.
  package init(_ paths: [String]) throws(CorpusError) {
    var (files, skipped): ([String], [SkippedEntry]) = ([], [])
    for path in paths {
      guard isDirectory(path) else {
        files.append(path)
        continue
      }
      let listing = try DirectoryListing(path)
      files += listing.texts
      skipped += listing.skipped
    }
    var contents: [Data] = []
    for file in files { contents.append(try mapped(file)) }
    (self.files, self.skipped, self.contents) = (files, skipped, contents)
    guard byteCount > 0 else {
      throw CorpusError(
        file: paths.joined(separator: ", "), reason: "the corpus is empty", hint: "name at least one file with text")
    }
  }

  /// The size of all files together.
  package var byteCount: Int { contents.reduce(0) { $0 + $1.count } }

  /// The text of each file.
  ///
  /// - Errors: the first byte that is not UTF-8, with its file and its offset in it.
  package func texts() throws(CorpusError) -> [String] {
    var texts: [String] = []
    for (file, data) in zip(files, contents) { texts.append(try decodeUTF8(data, of: file)) }
    return texts
  }

  /// The tokenizer of the given kind for this corpus.
  ///
  /// - Errors: for characters, text that is not UTF-8 and more than 65,536 distinct characters.
  package func tokenizer(_ kind: TokenizerKind) throws(CorpusError) -> Tokenizer {
    switch kind {
    case .bytes: .bytes
    case .characters: .characters(try CharacterVocabulary(of: texts()))
    }
  }

  /// The whole corpus as tokens.
  ///
  /// - Errors: for characters, text that is not UTF-8 and characters outside the vocabulary.
  package func tokens(_ tokenizer: Tokenizer) throws(CorpusError) -> [UInt16] {
    var tokens: [UInt16] = []
    tokens.reserveCapacity(byteCount)
    switch tokenizer {
    case .bytes:
      // Not by way of a String: a corpus of bytes need not be UTF-8.
      for data in contents { tokens += data.lazy.map(UInt16.init) }
    case .characters:
      for (file, text) in zip(files, try texts()) {
        do { tokens += try tokenizer.encode(text) } catch { throw error.about(file) }
      }
    }
    return tokens
  }
}

private func mapped(_ file: String) throws(CorpusError) -> Data {
  try attempting(file, "cannot be read", hint: "check the path") {
    try Data(contentsOf: URL(fileURLWithPath: file), options: .alwaysMapped)
  }
}

private func decodeUTF8(_ data: Data, of file: String) throws(CorpusError) -> String {
  do { return String(copying: try UTF8Span(validating: data.span)) } catch {
    throw CorpusError(
      file: file, reason: "is not UTF-8 text: invalid byte at offset \(grouped(error.byteOffsets.lowerBound))",
      hint: "convert it (iconv -t utf-8), or use the bytes tokenizer, which takes any file")
  }
}
