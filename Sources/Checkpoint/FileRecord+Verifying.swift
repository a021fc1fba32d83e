import Crypto
import Foundation
import Quantities

extension FileRecord {
  /// Reads the file in `folder` and holds it against this record.
  ///
  /// - Errors: another size, another checksum, or a file that cannot be read.
  func verify(in folder: URL) throws(CheckpointError) {
    let url = folder.appending(path: name)
    let handle = try openForReading(url)
    let size = try system(reading: url) { Int(try handle.seekToEnd()) }
    guard size == bytes else {
      let actual = "is \(grouped(size)) B long and was written with \(grouped(bytes)) B"
      throw CheckpointError(url, size < bytes ? "\(actual): it was cut short" : actual)
    }
    let actual = try system(reading: url) {
      try handle.seek(toOffset: 0)
      return try digest(of: handle)
    }
    guard actual == sha256 else {
      throw CheckpointError(
        url, "holds other bytes than were written (SHA-256 \(actual.prefix(12))…, not \(sha256.prefix(12))…)")
    }
  }
}

private func openForReading(_ url: URL) throws(CheckpointError) -> FileHandle {
  try system(reading: url) { try FileHandle(forReadingFrom: url) }
}

private func digest(of handle: FileHandle) throws -> String {
  var hasher = SHA256()
  while let piece = try handle.read(upToCount: pieceBytes), !piece.isEmpty { hasher.update(data: piece) }
  return hexadecimal(hasher.finalize())
}
