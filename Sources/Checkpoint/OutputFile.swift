import Crypto
package import Foundation

/// A file's name, size and checksum, as the manifest keeps them.
package struct FileRecord: Hashable, Sendable, Codable {
  package var name: String
  package var bytes: Int
  /// SHA-256, in hexadecimal.
  package var sha256: String
}

/// A file being written from its first byte to its last; its checksum grows with it.
package struct OutputFile: ~Copyable {
  private let url: URL
  private let handle: FileHandle
  private var hasher = SHA256()
  private var written = 0

  package init(at url: URL) throws(CheckpointError) {
    self.url = url
    do {
      try Data().write(to: url)
      handle = try FileHandle(forWritingTo: url)
    } catch {
      throw CheckpointError(writing: url, error)
    }
  }

  /// Appends bytes; what is written is still warm in the cache from being hashed.
  package mutating func write(_ bytes: Data) throws(CheckpointError) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest.prefix(pieceBytes)
      hasher.update(data: piece)
      do { try handle.write(contentsOf: piece) } catch { throw CheckpointError(writing: url, error) }
      rest = rest.dropFirst(piece.count)
    }
    written += bytes.count
  }

  /// Waits until the bytes are on the disk.
  package consuming func finish() throws(CheckpointError) -> FileRecord {
    do {
      try handle.synchronize()
      try handle.close()
    } catch {
      throw CheckpointError(writing: url, error)
    }
    return FileRecord(name: url.lastPathComponent, bytes: written, sha256: hexadecimal(hasher.finalize()))
  }
}

/// Bytes hashed and moved at a time: long enough for full speed, short enough to bound memory.
let pieceBytes = 4 << 20

func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
  digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}
