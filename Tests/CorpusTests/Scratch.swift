import Corpus
import Foundation

/// Runs a test in an empty directory that is gone afterwards.
func withScratch(_ body: (Scratch) throws -> Void) throws {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("orrery-corpus-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
  defer { try? FileManager.default.removeItem(at: url) }
  try body(Scratch(path: url.path))
}

struct Scratch {
  let path: String

  /// The path of a name in the directory.
  subscript(name: String) -> String { "\(path)/\(name)" }

  /// Every name in the directory, hidden ones too.
  var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  func put(_ bytes: [UInt8], _ name: String) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: self[name]))
    return self[name]
  }

  func put(_ text: String, _ name: String) throws -> String { try put(Array(text.utf8), name) }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: self[name], withDestinationPath: target)
  }

  func directory(_ name: String) throws -> String {
    try FileManager.default.createDirectory(atPath: self[name], withIntermediateDirectories: false)
    return self[name]
  }

  func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: self[name]))) }
}

/// The error that `body` ends with, as the user reads it; nil if it ends well.
///
/// Not for use inside `#expect(…)`: in a test nested in a closure (`withScratch`), Swift 6.3.1 gives a closure there the
/// symbol of the next one of the same type, and one of the two runs in the other's place.
func message(_ body: () throws(CorpusError) -> Void) -> String? {
  do { try body() } catch { return error.description }
  return nil
}

/// Tokens that look random and repeat in every run.
func madeUpTokens(_ count: Int, below limit: UInt64 = 65_536, seed: UInt64 = 0) -> [UInt16] {
  (0..<count).map { UInt16(splitMix64(seed &+ UInt64($0)) % limit) }
}
