package import Foundation

/// A model's tensors by name, wherever they lie: a checkpoint of ours or a Hugging Face folder, sharded or not.
package struct ModelFolder: Sendable {
  /// The folder that holds the tensors' files.
  package let url: URL
  /// The checkpoint that the tensors belong to; nothing for a Hugging Face folder.
  package let checkpoint: Checkpoint?
  /// Newer checkpoints of the store that were passed over, and why.
  package let rejected: [RejectedCheckpoint]
  private let places: [String: SafetensorsFile]

  /// Every tensor's name, sorted.
  package var tensorNames: [String] { places.keys.sorted() }

  /// What its file says of a tensor.
  package func entry(_ name: String) throws(CheckpointError) -> TensorEntry { try file(of: name).entry(name) }

  /// A tensor's bytes, as `SafetensorsFile.bytes(of:)` gives them.
  package func bytes(of name: String) throws(CheckpointError) -> Data { try file(of: name).bytes(of: name) }

  /// A JSON file beside the tensors, such as `config.json`, as a value.
  package func readJSON<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(CheckpointError) -> Value {
    try decode(type, from: url.appending(path: name))
  }

  private func file(of name: String) throws(CheckpointError) -> SafetensorsFile {
    guard let file = places[name] else { throw CheckpointError(url, noTensor: name, among: places.keys) }
    return file
  }
}

extension ModelFolder {
  /// Opens what a user points at: a store (its newest valid checkpoint), one step's folder, or a Hugging Face folder.
  ///
  /// Checkpoints are verified to the byte; a Hugging Face folder carries no checksums, so only its headers are.
  package init(opening url: URL) throws(CheckpointError) {
    let names = Set(try entries(of: url))
    let isModel = names.contains(ModelFolder.wholeFile) || names.contains(ModelFolder.indexFile)
    let isStore = try !CheckpointStore(url).checkpoints().isEmpty
    if names.contains(Manifest.fileName) {
      let checkpoint = try Checkpoint(at: url)
      try checkpoint.verify()
      try self.init(checkpoint.url, checkpoint)
    } else if isStore && isModel {
      throw CheckpointError(
        url, "holds checkpoints and a model of its own", hint: "Name one of its step folders, or part the two.")
    } else if isStore {
      let (checkpoint, rejected) = try CheckpointStore(url).latestValid()
      try self.init(checkpoint.url, checkpoint, rejected)
    } else if isModel {
      try self.init(url, nil)
    } else {
      throw CheckpointError(
        url, "holds no checkpoint, no \(ModelFolder.wholeFile) and no \(ModelFolder.indexFile)",
        hint: names.contains { $0.hasSuffix(".bin") || $0.hasSuffix(".pt") }
          ? "Only safetensors are read; convert the model's weights first." : "Check the path.")
    }
  }

  private init(
    _ url: URL, _ checkpoint: Checkpoint?, _ rejected: [RejectedCheckpoint] = []
  ) throws(CheckpointError) {
    (self.url, self.checkpoint, self.rejected) = (url, checkpoint, rejected)
    let index = url.appending(path: ModelFolder.indexFile)
    places =
      exists(index) ? try ModelIndex(index).places() : try wholeModel(url.appending(path: ModelFolder.wholeFile))
  }

  private static let wholeFile = "model.safetensors"
  private static let indexFile = "model.safetensors.index.json"
}

private func wholeModel(_ url: URL) throws(CheckpointError) -> [String: SafetensorsFile] {
  let file = try SafetensorsFile(url)
  return Dictionary(uniqueKeysWithValues: file.tensors.map { ($0.name, file) })
}
