import Checkpoint
import Foundation
import Testing

@Suite("A safetensors file that is read")
struct SafetensorsFileTests {
  @Test("by the reference library gives every tensor to the byte")
  func reference() throws {
    let file = try SafetensorsFile(referenceFile)
    #expect(file.metadata == ["format": "pt"])
    #expect(file.tensors.map(\.name) == referenceTensors.map(\.tensor).inReferenceOrder().map(\.name))
    for (tensor, bytes) in referenceTensors {
      let entry = try file.entry(tensor.name)
      #expect(StoredTensor(entry.name, entry.type, entry.shape) == tensor)
      #expect(try Array(file.bytes(of: tensor.name)) == bytes, "\(tensor.name)")
    }
  }

  @Test("may lack metadata, and may hold no tensor")
  func minimal() throws {
    try withScratch { folder in
      let url = folder.appending(path: "none.safetensors")
      try document("{}").write(to: url)
      let file = try SafetensorsFile(url)
      #expect(file.tensors.isEmpty && file.metadata.isEmpty)
    }
  }

  @Test("may describe its tensors in any order and ignores fields it does not know")
  func disorder() throws {
    try withScratch { folder in
      let url = folder.appending(path: "disorder.safetensors")
      let json = #"{"b":{"dtype":"U8","shape":[1],"data_offsets":[2,3],"x":{"y":1}}, "a":"#
      try document(json + #"{"data_offsets":[0,2],"shape":[2],"dtype":"U8"}}   "#, data: [1, 2, 3]).write(to: url)
      let file = try SafetensorsFile(url)
      #expect(file.tensors.map(\.name) == ["a", "b"])
      #expect(try Array(file.bytes(of: "b")) == [3])
    }
  }

  @Test("names the nearest tensor when one is not there")
  func missing() throws {
    let error = try failure { _ = try SafetensorsFile(referenceFile).bytes(of: "emty") }
    #expect(error.reason == "has no tensor 'emty'")
    #expect(error.hint == "Did you mean 'empty'?")
  }

  @Test("is refused wherever it is cut, and with a byte too many")
  func truncations() throws {
    let whole = try Data(contentsOf: referenceFile)
    try withScratch { folder in
      let url = folder.appending(path: "cut.safetensors")
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: url)
        #expect(throws: CheckpointError.self, "cut to \(length) bytes") { try SafetensorsFile(url) }
      }
      try (whole + [0]).write(to: url)
      #expect(throws: CheckpointError.self) { try SafetensorsFile(url) }
      try whole.write(to: url)
      #expect(throws: Never.self) { try SafetensorsFile(url) }
    }
  }

  @Test("is refused when its header breaks a rule, with the reason", arguments: mutants)
  func malformed(mutant: Mutant) throws {
    try withScratch { folder in
      let url = folder.appending(path: "mutant.safetensors")
      try mutant.file.write(to: url)
      let error = try failure { _ = try SafetensorsFile(url) }
      #expect(error.file == url.path)
      #expect(error.reason.contains(mutant.reason), "\(error)")
    }
  }

  @Test("that does not exist is an error of the system with a way out")
  func absent() throws {
    try withScratch { folder in
      let error = try failure { _ = try SafetensorsFile(folder.appending(path: "absent.safetensors")) }
      #expect(error.code == ENOENT)
      #expect(error.hint == "Check the path.")
      #expect(error.description.contains("No such file"), "\(error)")
    }
  }
}

/// A file that must be refused, and a part of the reason.
struct Mutant: CustomTestStringConvertible, Sendable {
  var file: Data
  var reason: String
  var testDescription: String

  init(_ json: String, data: Int = 4, _ reason: String) {
    self.init(document(json, data: Array(repeating: 0, count: data)), reason, json)
  }

  init(_ file: Data, _ reason: String, _ name: String) {
    (self.file, self.reason, testDescription) = (file, reason, name)
  }
}

private func document(_ json: String, data: [UInt8] = []) -> Data {
  document(length: json.utf8.count, Data(json.utf8) + data)
}

private func document(length: Int, _ rest: Data) -> Data {
  Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }) + rest
}

/// The header of one tensor `a` with parts of it replaced.
private func one(
  dtype: String = #""F32""#, shape: String = "[1]", offsets: String = "[0,4]", more: String = ""
) -> String {
  #"{"a":{"dtype":\#(dtype),"shape":\#(shape),"data_offsets":\#(offsets)}\#(more)}"#
}

/// A further tensor after the first.
private func second(_ offsets: String, name: String = "b") -> String {
  #","\#(name)":{"dtype":"F32","shape":[1],"data_offsets":\#(offsets)}"#
}

let mutants: [Mutant] = [
  Mutant(Data(), "too short", "an empty file"),
  Mutant(Data(count: 7), "too short", "seven bytes"),
  Mutant(document(length: 0, Data()), "not a JSON object", "a header of no bytes"),
  Mutant(document(length: 100_000_001, Data()), "limit of 100,000,000", "a header over the limit"),
  Mutant(document(length: -1, Data("{}".utf8)), "limit of 100,000,000", "a header of 2^64 - 1 bytes"),
  Mutant(document(length: 3, Data("{}".utf8)), "ends inside its header", "a header longer than the file"),
  Mutant(document(length: 4, Data([0x7b, 0, 0x7d, 0])), "not a JSON object", "UTF-16"),
  Mutant(document(length: 5, Data([0x7b, 0x22, 0xff, 0x22, 0x7d])), "malformed header", "broken UTF-8"),
  Mutant("[]", data: 0, "not a JSON object"),
  Mutant(" {}", data: 0, "not a JSON object"),
  Mutant("{", data: 0, "malformed header"),
  Mutant("{} x", data: 0, "malformed header"),
  Mutant(#"{"a":1}"#, "malformed header"),
  Mutant(#"{"__metadata__":{"step":1}}"#, data: 0, "malformed header"),
  Mutant(#"{"a":{"shape":[1],"data_offsets":[0,4]}}"#, "'dtype' is missing"),
  Mutant(#"{"a":{"dtype":"F32","data_offsets":[0,4]}}"#, "'shape' is missing"),
  Mutant(#"{"a":{"dtype":"F32","shape":[1]}}"#, "'data_offsets' is missing"),
  Mutant(one(dtype: #""F31""#), "of type 'F31'"),
  Mutant(one(dtype: #""f32""#), "of type 'f32'"),
  Mutant(one(dtype: "1"), "malformed header"),
  Mutant(one(shape: "[2]"), "does not fill its 4 bytes"),
  Mutant(one(shape: "[]", offsets: "[0,0]"), data: 0, "does not fill its 0 bytes"),
  Mutant(one(shape: "[-1]"), "does not fill its 4 bytes"),
  Mutant(one(shape: "[-1,-1]"), "does not fill its 4 bytes"),
  Mutant(one(shape: "[1.5]"), "malformed header"),
  Mutant(one(shape: "[true]"), "malformed header"),
  Mutant(one(shape: #"["1"]"#), "malformed header"),
  Mutant(one(shape: "[4294967296,4294967296]", offsets: "[0,0]"), data: 0, "does not fill its 0 bytes"),
  Mutant(one(shape: "[18446744073709551617]"), "malformed header"),
  Mutant(one(offsets: "[0]"), "not a begin and an end"),
  Mutant(one(offsets: "[0,4,4]"), "not a begin and an end"),
  Mutant(one(offsets: "[4,0]"), "not a begin and an end"),
  Mutant(one(offsets: "[-4,0]"), "not a begin and an end"),
  Mutant(one(offsets: "[0,9223372036854775807]"), "does not fill its 9223372036854775807 bytes"),
  Mutant(one(offsets: "[4,8]"), data: 8, "leaves a hole"),
  Mutant(one(more: second("[8,12]")), data: 12, "leaves a hole"),
  Mutant(one(more: second("[0,4]")), data: 4, "overlaps"),
  Mutant(one(more: second("[2,6]")), data: 6, "overlaps"),
  Mutant(one(), data: 3, "holds 3 B of tensors and its header describes 4 B"),
  Mutant(one(), data: 5, "holds 5 B of tensors and its header describes 4 B"),
  Mutant("{}", data: 1, "holds 1 B of tensors and its header describes 0 B"),
  Mutant(one(more: second("[0,4]", name: "a")), "occurs twice"),
  Mutant(one(more: second("[0,4]", name: #"\u0061"#)), "occurs twice"),
  Mutant(one(shape: #"[1],"shape":[1]"#), "occurs twice"),
  Mutant(#"{"__metadata__":{},"__metadata__":{}}"#, data: 0, "occurs twice"),
  Mutant(#"{"__metadata__":{"a":"1","a":"2"}}"#, data: 0, "occurs twice"),
]
