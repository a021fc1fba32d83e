package import Foundation

/// Collects a checkpoint's files in a folder that nobody sees yet. Each file is on the disk when its call returns.
package struct CheckpointWriter {
  private let folder: URL
  private(set) var files: [FileRecord] = []

  init(folder: URL) { self.folder = folder }

  /// Writes bytes as they are.
  package mutating func writeData(_ name: String, _ data: Data) throws(CheckpointError) {
    var file = try OutputFile(at: place(for: name))
    try file.write(data)
    files.append(try file.finish())
  }

  /// Writes a value as JSON with sorted keys, so that equal values make equal files.
  package mutating func writeJSON(_ name: String, _ value: some Encodable) throws(CheckpointError) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let data: Data
    do {
      data = try encoder.encode(value)
    } catch {
      throw CheckpointError(folder.appending(path: name), "cannot be written as JSON: \(error)")
    }
    try writeData(name, data)
  }

  /// Writes tensors: `body` appends each of them, in the order given.
  package mutating func writeSafetensors(
    _ name: String, _ tensors: [StoredTensor], metadata: [String: String] = ["format": "pt"],
    body: (inout SafetensorsWriter) throws -> Void
  ) throws {
    var writer = try SafetensorsWriter(at: place(for: name), tensors: tensors, metadata: metadata)
    try body(&writer)
    files.append(try writer.finish())
  }

  /// Seals the folder: after this it is a checkpoint in all but name.
  func finish(step: Int) throws(CheckpointError) {
    let url = folder.appending(path: Manifest.fileName)
    let data = try system(writing: url) { try Manifest(step: step, files: files).sealed() }
    var file = try OutputFile(at: url)
    try file.write(data)
    _ = try file.finish()
    try synchronize(folder: folder)
  }

  private func place(for name: String) -> URL {
    precondition(isPlainFileName(name) && name != Manifest.fileName, "'\(name)' cannot be a checkpoint's file")
    precondition(!files.contains { $0.name == name }, "'\(name)' is written twice in one checkpoint")
    return folder.appending(path: name)
  }
}
