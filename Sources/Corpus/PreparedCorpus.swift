import Foundation
import Quantities

/// A corpus as tokens on disk: `train.bin`, `val.bin` and `tokenizer.json` in one directory, with their checksums.
package struct PreparedCorpus: Hashable, Sendable {
  package var directory: String
  package var tokenizer: Tokenizer
  package var format: TokenFormat
  /// Tokens in `train.bin`: the first ones of the corpus.
  package var trainingTokens: Int
  /// Tokens in `val.bin`: the last ones of the corpus.
  package var validationTokens: Int
  /// The files that were read, in order.
  package var sources: [String]
  /// The entries of directories that were passed over.
  package var skipped: [SkippedEntry]

  package static let trainingName = "train.bin"
  package static let validationName = "val.bin"
  package static let tokenizerName = "tokenizer.json"
}

extension PreparedCorpus {
  /// Turns texts into token files for training. The whole corpus is held in memory once as tokens.
  ///
  /// The output directory is made if its parent exists. The files appear together or not at all.
  ///
  /// - Errors: those of reading (`TextCorpus`), a fraction that leaves a split empty, and an output that cannot be
  ///   written, with the path and the system's reason.
  /// - Source: nanoGPT, `data/shakespeare_char/prepare.py`: the first 90 % train.
  package static func prepare(
    files: [String], tokenizer kind: TokenizerKind, validationFraction: Double = 0.1, format: TokenFormat = .nanoGPT,
    output: String
  ) throws(CorpusError) -> PreparedCorpus {
    let corpus = try TextCorpus(files)
    let tokenizer = try corpus.tokenizer(kind)
    let split = try SplitTokens(try corpus.tokens(tokenizer), validationFraction: validationFraction)
    try write(split, tokenizer, format, into: output)
    return PreparedCorpus(
      directory: output, tokenizer: tokenizer, format: format, trainingTokens: split.training.count,
      validationTokens: split.validation.count, sources: corpus.files, skipped: corpus.skipped)
  }

  private static func write(
    _ split: SplitTokens, _ tokenizer: Tokenizer, _ format: TokenFormat, into directory: String
  ) throws(CorpusError) {
    let (train, val) = (path(trainingName, in: directory), path(validationName, in: directory))
    let files = [
      (path: train, contents: try TokenFile.contents(split.training, train, format)),
      (path: val, contents: try TokenFile.contents(split.validation, val, format)),
      (path: path(tokenizerName, in: directory), contents: tokenizer.json()),
    ]
    let sums = (path: path(Checksums.name, in: directory), contents: Checksums(files).json())
    let existed = isDirectory(directory)
    if !existed { try makeDirectory(directory) }
    do { try AtomicFiles.write(files + [sums]) } catch {
      if !existed { try? FileManager.default.removeItem(atPath: directory) }
      throw error
    }
  }

  /// Only the last component: of a mistyped path nothing should remain.
  private static func makeDirectory(_ directory: String) throws(CorpusError) {
    try attempting(directory, "cannot be made", hint: "its parent must be a writable directory") {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    }
  }

  static func path(_ name: String, in directory: String) -> String {
    directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
  }
}

/// A corpus cut in two: the first part trains, the rest validates.
struct SplitTokens {
  var training: [UInt16]
  var validation: [UInt16]

  /// - Errors: a fraction outside 0..<1 or one that leaves a part without a token.
  init(_ tokens: [UInt16], validationFraction: Double) throws(CorpusError) {
    guard validationFraction > 0, validationFraction < 1 else {
      throw CorpusError(
        reason: "a validation fraction of \(validationFraction)", hint: "give one between 0 and 1, such as 0.1")
    }
    // nanoGPT's `int(n * 0.9)`, and not n minus a tenth: the two differ by a token for most n.
    let cut = Int(Double(tokens.count) * (1 - validationFraction))
    guard cut > 0, cut < tokens.count else {
      throw CorpusError(
        reason: "a corpus of \(grouped(tokens.count)) tokens cannot be split with a validation fraction of "
          + "\(validationFraction): one part would be empty",
        hint: "add text, or change the fraction")
    }
    training = Array(tokens[..<cut])
    validation = Array(tokens[cut...])
  }
}
