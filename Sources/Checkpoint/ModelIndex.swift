import Foundation

/// The index of a sharded Hugging Face model: which file holds which tensor.
struct ModelIndex {
  private let url: URL
  private let shards: [String: String]

  private struct Document: Decodable {
    var shards: [String: String]
    enum CodingKeys: String, CodingKey { case shards = "weight_map" }
  }

  init(_ url: URL) throws(CheckpointError) {
    self.url = url
    shards = try decode(Document.self, from: url).shards
    for (tensor, shard) in shards where !isPlainFileName(shard) {
      throw CheckpointError(url, "places '\(tensor)' outside its folder, in '\(shard)'")
    }
  }

  /// Every tensor of every shard, unlisted ones too: none is dropped in silence.
  ///
  /// - Errors: a shard that cannot be read, a listed tensor that is not in its shard, a tensor in two shards.
  func places() throws(CheckpointError) -> [String: SafetensorsFile] {
    var places: [String: SafetensorsFile] = [:]
    for shard in Set(shards.values).sorted() {
      let file = try SafetensorsFile(url.deletingLastPathComponent().appending(path: shard))
      for tensor in file.tensors {
        if let first = places.updateValue(file, forKey: tensor.name) {
          throw CheckpointError(file.url, "holds '\(tensor.name)', which is in \(first.url.lastPathComponent) too")
        }
      }
    }
    for (tensor, shard) in shards.sorted(by: { $0.key < $1.key }) where places[tensor]?.url.lastPathComponent != shard {
      throw CheckpointError(url, "places '\(tensor)' in \(shard), which does not hold it")
    }
    return places
  }
}
