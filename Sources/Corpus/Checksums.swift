import Foundation

/// The sizes and fingerprints of a prepared corpus's files: a flipped bit or a cut end is found before anything trains on it.
struct Checksums: Hashable, Codable {
  struct Record: Hashable, Codable {
    var bytes: Int
    /// FNV-1a, 64 bits, of all bytes, as hexadecimal digits.
    var fnv1a64: String
  }

  var version = 1
  /// By file name.
  var files: [String: Record]

  static let name = "checksums.json"

  init(_ files: [(path: String, contents: [UInt8])]) {
    self.files = Dictionary(
      uniqueKeysWithValues: files.map { (URL(filePath: $0.path).lastPathComponent, Record($0.contents)) })
  }

  func json() -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    // Integers and text always encode.
    return Array(try! encoder.encode(self)) + [10]
  }

  /// Holds the files of a directory against its checksums; a directory without them is one of another tool's, and passes.
  ///
  /// - Errors: checksums that cannot be read; a file whose size or fingerprint is another.
  static func check(_ directory: String) throws(CorpusError) {
    let path = PreparedCorpus.path(name, in: directory)
    guard FileManager.default.fileExists(atPath: path) else { return }
    let sums = try attempting(path, "cannot be read", hint: "prepare the corpus again") {
      try JSONDecoder().decode(Checksums.self, from: Data(contentsOf: URL(filePath: path)))
    }
    for (name, record) in sums.files.sorted(by: { $0.key < $1.key }) {
      try record.check(PreparedCorpus.path(name, in: directory))
    }
  }
}

extension Checksums.Record {
  init(_ contents: some Sequence<UInt8>) {
    var (hash, count): (UInt64, Int) = (0xcbf2_9ce4_8422_2325, 0)
    for byte in contents {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
      count += 1
    }
    (bytes, fnv1a64) = (count, String(hash, radix: 16))
  }

  fileprivate func check(_ path: String) throws(CorpusError) {
    let data = try attempting(path, "cannot be read", hint: "prepare the corpus again") {
      try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    }
    guard Checksums.Record(data) != self else { return }
    throw CorpusError(
      file: path, reason: "is damaged: its bytes are not those that were prepared", hint: "prepare the corpus again")
  }
}
