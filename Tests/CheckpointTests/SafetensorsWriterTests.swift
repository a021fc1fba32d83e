import Checkpoint
import Foundation
import Testing

@Suite("A safetensors file that is written")
struct SafetensorsWriterTests {
  @Test("in the reference order is the reference library's, byte for byte")
  func golden() throws {
    try withScratch { folder in
      let url = folder.appending(path: "ours.safetensors")
      let order = referenceTensors.map(\.tensor).inReferenceOrder()
      try write(order.map { tensor in referenceTensors.first { $0.tensor == tensor }! }, to: url)
      #expect(try Data(contentsOf: url) == Data(contentsOf: referenceFile))
    }
  }

  @Test("gives back every type and shape", arguments: StoredType.allCases)
  func roundTrip(type: StoredType) throws {
    let shapes = [[], [0], [1], [3, 0, 2], [2, 3], [1, 1, 1, 1], [7, 1, 5]]
    let tensors = shapes.enumerated().map { index, shape in
      let bytes = shape.reduce(type.size, *)
      return (
        tensor: StoredTensor("t\(index)", type, shape), bytes: (0..<bytes).map { UInt8(truncatingIfNeeded: $0 * 37) }
      )
    }
    try withScratch { folder in
      let url = folder.appending(path: "round.safetensors")
      try write(tensors, to: url)
      let file = try SafetensorsFile(url)
      for (tensor, bytes) in tensors {
        let entry = try file.entry(tensor.name)
        #expect(StoredTensor(entry.name, entry.type, entry.shape) == tensor)
        #expect(try Array(file.bytes(of: tensor.name)) == bytes)
      }
    }
  }

  @Test("keeps names and metadata that need escaping")
  func escapes() throws {
    let odd = ["", "\"", "\\", "a/b", "\n\r\t\u{8}\u{c}\u{1}\u{1f}", "é漢🪐", "data_offsets"]
    try withScratch { folder in
      let url = folder.appending(path: "odd.safetensors")
      let metadata = Dictionary(uniqueKeysWithValues: odd.map { ($0, $0) })
      try write(odd.map { (StoredTensor($0, .u8, [1]), [1]) }, to: url, metadata: metadata)
      let file = try SafetensorsFile(url)
      #expect(file.tensors.map(\.name) == odd)
      #expect(file.metadata == metadata)
    }
  }

  @Test("begins its tensors at a multiple of eight and pads with spaces", arguments: 1...9)
  func alignment(nameLength: Int) throws {
    try withScratch { folder in
      let url = folder.appending(path: "aligned.safetensors")
      try write([(StoredTensor(String(repeating: "n", count: nameLength), .u8, [1]), [0xAA])], to: url)
      let bytes = try Data(contentsOf: url)
      #expect((bytes.count - 1) % 8 == 0)
      #expect(Int(bytes[0]) == bytes.count - 9)
      #expect(bytes.dropLast().reversed().prefix { $0 == UInt8(ascii: " ") }.count < 8)
    }
  }

  @Test("is the same in one piece or in many, and its record is that of the bytes on the disk")
  func pieces() throws {
    let bytes = Data((0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) })
    try withScratch { folder in
      var records: [FileRecord] = []
      for piece in [bytes.count, 1_000_000, 4 << 20] {
        let url = folder.appending(path: "w")
        var writer = try SafetensorsWriter(at: url, tensors: [StoredTensor("w", .u8, [bytes.count])])
        for start in stride(from: 0, to: bytes.count, by: piece) {
          try writer.append(bytes[start..<min(start + piece, bytes.count)], to: "w")
        }
        records.append(try writer.finish())
        #expect(try SafetensorsFile(url).bytes(of: "w") == bytes)
      }
      #expect(Set(records).count == 1)
      #expect(try records[0].bytes == Data(contentsOf: folder.appending(path: "w")).count)
    }
  }

  @Test("refuses a caller's wrong order, excess and omission")
  func misuse() async {
    await #expect(processExitsWith: .failure) {
      try withScratch { folder in
        let tensors = [StoredTensor("a", .u8, [1]), StoredTensor("b", .u8, [1])]
        var writer = try SafetensorsWriter(at: folder.appending(path: "x"), tensors: tensors)
        try writer.append(Data([1]), to: "b")
      }
    }
    await #expect(processExitsWith: .failure) {
      try withScratch { folder in
        var writer = try SafetensorsWriter(at: folder.appending(path: "x"), tensors: [StoredTensor("a", .u8, [1])])
        try writer.append(Data([1, 2]), to: "a")
      }
    }
    await #expect(processExitsWith: .failure) {
      try withScratch { folder in
        let writer = try SafetensorsWriter(at: folder.appending(path: "x"), tensors: [StoredTensor("a", .u8, [1])])
        _ = try writer.finish()
      }
    }
  }
}
