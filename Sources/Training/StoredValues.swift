import Checkpoint
import Execution
import Foundation
import Quantities

/// The values of one tensor of a file, on their way to a device.
struct StoredValues {
  var entry: TensorEntry
  var bytes: Data
  var file: URL

  /// Writes the values to `view`, converted to its type where the file has another.
  func copy(to view: TensorView, shape: [Int], _ executor: Executor) throws {
    guard entry.shape == shape else {
      throw CheckpointError(
        file, "tensor \(entry.name) has shape \(entry.shape), the model's has \(shape)",
        hint: "Use the model configuration that the file was written with.")
    }
    if entry.type == StoredType(view.type) {
      executor.write(Data(bytes), to: view)
    } else {
      executor.write(try doubles(), to: view)
    }
  }

  private func doubles() throws -> [Double] {
    switch entry.type {
    case .f32: Values.doubles(Data(bytes), as: .float32)
    case .f64: Values.doubles(Data(bytes), as: .float64)
    case .bf16: words().map { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .f16: words().map { Double(Float16(bitPattern: $0)) }
    default:
      throw CheckpointError(file, "tensor \(entry.name) is stored as \(entry.type.rawValue), which no parameter can be")
    }
  }

  private func words() -> [UInt16] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
  }
}

extension SafetensorsFile {
  func stored(_ name: String) throws -> StoredValues {
    StoredValues(entry: try entry(name), bytes: try bytes(of: name), file: url)
  }
}

extension ModelFolder {
  /// A GPT-2 file may name its tensors with or without the `transformer.` that the language model's class puts before them.
  func stored(_ name: String) throws -> StoredValues {
    let short = name.hasPrefix("transformer.") ? String(name.dropFirst("transformer.".count)) : name
    let found = tensorNames.contains(name) ? name : tensorNames.contains(short) ? short : name
    return StoredValues(entry: try entry(found), bytes: try bytes(of: found), file: url)
  }
}

extension StoredType {
  init(_ type: ScalarType) {
    switch type {
    case .float32: self = .f32
    case .float64: self = .f64
    case .int32: self = .i32
    }
  }
}
