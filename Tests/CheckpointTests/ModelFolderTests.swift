import Checkpoint
import Foundation
import Testing

@Suite("A model folder")
struct ModelFolderTests {
  @Test("is the newest valid checkpoint of a store, with the ones passed over")
  func store() throws {
    try withScratch { folder in
      let store = CheckpointStore(folder)
      for step in 1...2 { try saveSmall(store, step: step, mark: UInt8(step)) }
      try flip(folder.appending(path: "step-00000002/model.safetensors"), byte: 70)
      let model = try ModelFolder(opening: folder)
      #expect(model.checkpoint?.step == 1)
      #expect(model.rejected.map(\.step) == [2])
      #expect(try Array(model.bytes(of: "w")) == [1, 2, 3, 4])
      #expect(try model.readJSON("state.json") == ["mark": 1])
    }
  }

  @Test("is one step's folder, which must be whole")
  func step() throws {
    try withScratch { folder in
      let url = try saveSmall(CheckpointStore(folder), step: 1).url
      let model = try ModelFolder(opening: url)
      #expect(model.checkpoint?.step == 1)
      #expect(try model.entry("w").shape == [4])
      try flip(url.appending(path: "state.json"))
      #expect(try failure { _ = try ModelFolder(opening: url) }.reason.contains("SHA-256"))
    }
  }

  @Test("is a Hugging Face folder without a manifest")
  func huggingFace() throws {
    try withScratch { folder in
      try FileManager.default.copyItem(at: referenceFile, to: folder.appending(path: "model.safetensors"))
      try Data(#"{"n_layer":2}"#.utf8).write(to: folder.appending(path: "config.json"))
      let model = try ModelFolder(opening: folder)
      #expect(model.checkpoint == nil)
      #expect(model.tensorNames == referenceTensors.map(\.tensor.name).sorted())
      #expect(try model.readJSON("config.json") == ["n_layer": 2])
      #expect(try failure { _ = try model.bytes(of: "i63") }.hint?.hasPrefix("Did you mean 'i") == true)
    }
  }

  @Test("finds tensors across shards, unlisted ones too")
  func shards() throws {
    try withScratch { folder in
      try writeShards(in: folder, index: ["a": "1.safetensors", "b": "2.safetensors"])
      let model = try ModelFolder(opening: folder)
      #expect(model.tensorNames == ["a", "b", "c"])
      for (name, byte) in [("a", 1), ("b", 2), ("c", 3)] as [(String, UInt8)] {
        #expect(try Array(model.bytes(of: name)) == [byte])
      }
    }
  }

  @Test(
    "is refused when its index and its shards disagree",
    arguments: [
      (["a": "2.safetensors", "b": "1.safetensors"], "which does not hold it"),
      (["a": "1.safetensors", "z": "1.safetensors"], "places 'z' in 1.safetensors"),
      (["a": "3.safetensors"], "cannot be read"),
      (["a": "../1.safetensors"], "outside its folder"),
      (["a": "1.safetensors", "b": "twin.safetensors"], "is in 1.safetensors too"),
    ])
  func contradiction(index: [String: String], reason: String) throws {
    try withScratch { folder in
      try writeShards(in: folder, index: index)
      try write([(StoredTensor("a", .u8, [1]), [9])], to: folder.appending(path: "twin.safetensors"))
      let error = try failure { _ = try ModelFolder(opening: folder) }
      #expect(error.reason.contains(reason), "\(error)")
    }
  }

  @Test("is refused with a way out when it holds nothing, old formats, or two things at once")
  func nothing() throws {
    try withScratch { folder in
      #expect(try failure { _ = try ModelFolder(opening: folder) }.hint == "Check the path.")
      try Data().write(to: folder.appending(path: "pytorch_model.bin"))
      #expect(try failure { _ = try ModelFolder(opening: folder) }.hint?.contains("convert") == true)
      try saveSmall(CheckpointStore(folder), step: 1)
      try Data().write(to: folder.appending(path: "model.safetensors"))
      #expect(try failure { _ = try ModelFolder(opening: folder) }.reason == "holds checkpoints and a model of its own")
    }
    #expect(try failure { _ = try ModelFolder(opening: referenceFile) }.hint == "Name the folder, not a file in it.")
  }

  /// Tensors `a` in shard 1, `b` and `c` in shard 2, and an index.
  private func writeShards(in folder: URL, index: [String: String]) throws {
    try write([(StoredTensor("a", .u8, [1]), [1])], to: folder.appending(path: "1.safetensors"))
    try write(
      [(StoredTensor("b", .u8, [1]), [2]), (StoredTensor("c", .u8, [1]), [3])],
      to: folder.appending(path: "2.safetensors"))
    let json = try JSONEncoder().encode(["weight_map": index])
    try json.write(to: folder.appending(path: "model.safetensors.index.json"))
  }
}
