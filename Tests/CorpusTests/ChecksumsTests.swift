import Corpus
import Foundation
import Testing

@Suite struct ChecksumsTests {
  private func prepare(_ scratch: Scratch) throws -> String {
    let text = String(repeating: "the planets really move. ", count: 8)
    let output = scratch["out"]
    _ = try PreparedCorpus.prepare(
      files: [try scratch.put(text, "text")], tokenizer: .characters, output: output)
    return output
  }

  @Test(arguments: ["train.bin", "val.bin", "tokenizer.json"])
  func `a flipped bit anywhere in a prepared file is found`(_ name: String) throws {
    try withScratch { scratch in
      let output = try prepare(scratch)
      _ = try Dataset(preparedDirectory: output)
      let sound = try scratch.bytes("out/\(name)")
      for place in stride(from: 0, to: sound.count, by: 7) {
        var damaged = sound
        damaged[place] ^= 1 << UInt8(place % 8)
        _ = try scratch.put(damaged, "out/\(name)")
        #expect(throws: CorpusError.self) { try Dataset(preparedDirectory: output) }
      }
    }
  }

  @Test func `an end that is cut off between two tokens is found`() throws {
    try withScratch { scratch in
      let output = try prepare(scratch)
      _ = try scratch.put(Array(try scratch.bytes("out/train.bin").dropLast(2)), "out/train.bin")
      #expect(throws: CorpusError.self) { try Dataset(preparedDirectory: output) }
    }
  }

  @Test func `token files that another tool prepared need no checksums`() throws {
    try withScratch { scratch in
      let output = try prepare(scratch)
      try FileManager.default.removeItem(atPath: "\(output)/checksums.json")
      #expect(try Dataset(preparedDirectory: output).training.count > 0)
    }
  }
}
