import Checkpoint
import Foundation
import Testing

/// A folder of its own for one test, gone afterwards.
func withScratch(_ body: (URL) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory.appending(path: "checkpoint-tests-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try body(folder)
}

/// The fixture that safetensors' Python library 0.8.0 wrote from torch tensors.
let referenceFile = URL(filePath: #filePath).deletingLastPathComponent().appending(
  path: "Fixtures/reference.safetensors")

/// What the fixture holds, with bytes written by hand.
let referenceTensors: [(tensor: StoredTensor, bytes: [UInt8])] = [
  (StoredTensor("bool", .bool, [3]), [1, 0, 1]),
  (StoredTensor("u8", .u8, [2]), [255, 0]),
  (StoredTensor("i8", .i8, [3]), [0xff, 2, 3]),
  (StoredTensor("i16", .i16, [1]), [0x2c, 0x01]),
  (StoredTensor("i32", .i32, [2]), [1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]),
  (StoredTensor("i64", .i64, []), [0xf9] + Array(repeating: 0xff, count: 7)),
  (StoredTensor("f16", .f16, [2, 1]), [0x00, 0x3c, 0x00, 0xb8]),
  (StoredTensor("bf16", .bf16, [3]), [0x40, 0x40, 0x80, 0xbf, 0x00, 0x3f]),
  (StoredTensor("f32", .f32, [2, 3]), littleEndian([0, 0.25, 0.5, 0.75, 1, 1.25] as [Float])),
  (StoredTensor("f64", .f64, [2]), [0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0, 0, 0, 0, 0, 0, 0x02, 0xc0]),
  (StoredTensor("empty", .f32, [0, 3]), []),
  (StoredTensor("h.0/\"quoted\"é", .f32, [1]), [0, 0, 0, 0x3e]),
]

func littleEndian(_ values: [Float]) -> [UInt8] {
  values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
}

/// Writes a safetensors file in one go.
@discardableResult
func write(
  _ tensors: [(tensor: StoredTensor, bytes: [UInt8])], to url: URL, metadata: [String: String] = ["format": "pt"]
) throws -> FileRecord {
  var writer = try SafetensorsWriter(at: url, tensors: tensors.map(\.tensor), metadata: metadata)
  for (tensor, bytes) in tensors { try writer.append(Data(bytes), to: tensor.name) }
  return try writer.finish()
}

/// Saves a small checkpoint whose bytes depend on `mark`.
@discardableResult
func saveSmall(_ store: CheckpointStore, step: Int, mark: UInt8 = 7) throws -> Checkpoint {
  try store.save(step: step) { writer in
    try writer.writeSafetensors("model.safetensors", [StoredTensor("w", .u8, [4])]) { file in
      try file.append(Data([mark, 2, 3, 4]), to: "w")
    }
    try writer.writeJSON("state.json", ["mark": Int(mark)])
  }
}

/// Every name in a folder, hidden ones too.
func names(in folder: URL) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
}
