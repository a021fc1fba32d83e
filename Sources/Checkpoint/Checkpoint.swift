package import Foundation
import Quantities

/// One saved checkpoint: a folder whose manifest was found whole. Its files are only known to be so after `verify()`.
package struct Checkpoint: Sendable {
  package let step: Int
  package let url: URL
  private let manifest: Manifest

  /// Opens a step folder, under whatever name it lies.
  package init(at url: URL) throws(CheckpointError) {
    manifest = try Manifest(in: url)
    (self.url, step) = (url, manifest.step)
  }

  /// Name, size and checksum of every file, in the order they were written.
  package var files: [FileRecord] { manifest.files }

  /// Reads every byte and compares sizes and checksums, the manifest's own included.
  package func verify() throws(CheckpointError) {
    guard try Manifest(in: url) == manifest else {
      throw CheckpointError(url, "was replaced by another checkpoint after it was opened")
    }
    for file in files { try file.verify(in: url) }
  }

  /// A file's bytes, paged in as they are touched.
  package func data(_ name: String) throws(CheckpointError) -> Data { try map(place(of: name)) }

  /// A file's JSON as a value.
  package func readJSON<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(CheckpointError) -> Value {
    try decode(type, from: place(of: name))
  }

  /// A file's tensors.
  package func safetensors(_ name: String) throws(CheckpointError) -> SafetensorsFile {
    try SafetensorsFile(place(of: name))
  }

  private func place(of name: String) throws(CheckpointError) -> URL {
    guard files.contains(where: { $0.name == name }) else {
      let near = suggestion(for: name, among: files.map(\.name))
      throw CheckpointError(url, "has no file '\(name)'", hint: near.map { "Did you mean '\($0)'?" })
    }
    return url.appending(path: name)
  }
}
