package import Foundation
import Quantities

/// Writes a safetensors file tensor by tensor, so that no second copy of a model is ever in memory.
///
/// Every tensor is appended under its name, in the order given at the start, in one piece or several.
package struct SafetensorsWriter: ~Copyable {
  private var file: OutputFile
  private let tensors: [StoredTensor]
  private var current = 0
  private var missing: Int

  /// Creates the file and writes its header.
  ///
  /// The order of `tensors` is the file's; `inReferenceOrder()` keeps mixed types aligned.
  package init(
    at url: URL, tensors: [StoredTensor], metadata: [String: String] = ["format": "pt"]
  ) throws(CheckpointError) {
    let names = Set(tensors.map(\.name))
    precondition(names.count == tensors.count, "\(url.lastPathComponent): a tensor's name occurs twice")
    precondition(!names.contains("__metadata__"), "'__metadata__' is not a tensor's name")
    var file = try OutputFile(at: url)
    try file.write(SafetensorsHeader.encode(tensors, metadata: metadata))
    (self.tensors, missing) = (tensors, tensors.first?.byteCount.value ?? 0)
    self.file = file
  }

  /// Appends the next bytes, little-endian, of the tensor whose turn it is; an empty tensor is appended too.
  package mutating func append(_ bytes: Data, to name: String) throws(CheckpointError) {
    let expected = current < tensors.count ? tensors[current].name : "the end"
    precondition(name == expected, "tensor '\(name)' was appended where '\(expected)' is due")
    precondition(bytes.count <= missing, "tensor '\(name)': \(bytes.count) bytes appended where \(missing) are due")
    try file.write(bytes)
    missing -= bytes.count
    guard missing == 0 else { return }
    current += 1
    missing = current < tensors.count ? tensors[current].byteCount.value : 0
  }

  /// Waits until the file is on the disk.
  package consuming func finish() throws(CheckpointError) -> FileRecord {
    precondition(
      current == tensors.count,
      "tensor '\(tensors[min(current, tensors.count - 1)].name)' lacks \(missing) bytes at the end of the file")
    return try file.finish()
  }
}
