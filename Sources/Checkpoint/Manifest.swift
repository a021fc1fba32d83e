import Crypto
import Foundation

/// The list of a checkpoint's files: written last, so that a folder with a manifest is a whole one.
struct Manifest: Hashable, Sendable, Codable {
  var format = Manifest.formatName
  var version = Manifest.currentVersion
  var step: Int
  var files: [FileRecord]

  static let fileName = "manifest.json"
  private static let formatName = "orrery-checkpoint"
  private static let currentVersion = 1

  init(step: Int, files: [FileRecord]) { (self.step, self.files) = (step, files) }

  /// JSON whose last member is the checksum of all text before it, so that damage to the manifest shows as well.
  func sealed() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let open = try encoder.encode(self).dropLast(2)  // without the final "\n}"
    return open + Self.seal(of: open)
  }

  private static func seal(of text: Data) -> Data {
    Data(",\n  \"manifest_sha256\" : \"\(hexadecimal(SHA256.hash(data: text)))\"\n}\n".utf8)
  }
}

extension Manifest {
  /// - Errors: no manifest, a damaged one, or one of a later format.
  init(in folder: URL) throws(CheckpointError) {
    let url = folder.appending(path: Manifest.fileName)
    guard exists(url) else {
      throw CheckpointError(folder, "has no \(Manifest.fileName), so it is not a whole checkpoint")
    }
    // Not mapped: the manifest is small, and it may be replaced while it is held.
    let data = try system(reading: url) { try Data(contentsOf: url) }
    let open = data.dropLast(Manifest.seal(of: Data()).count)
    guard data.suffix(from: open.endIndex) == Manifest.seal(of: open) else {
      throw CheckpointError(url, "was changed or cut short after it was written")
    }
    do { self = try JSONDecoder().decode(Manifest.self, from: data) } catch { throw CheckpointError(json: url, error) }
    guard format == Manifest.formatName, version == Manifest.currentVersion else {
      throw CheckpointError(
        url, "has format \(format), version \(version); version \(Manifest.currentVersion) is read here",
        hint: "Use the release of Orrery that wrote it.")
    }
    for file in files where !isPlainFileName(file.name) {
      throw CheckpointError(url, "names a file outside its folder, '\(file.name)'")
    }
  }
}
