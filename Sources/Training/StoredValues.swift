import Checkpoint
import Execution
import Foundation
import Model
import Quantities

/// Logical values out of a file. The last tensor asked for is kept, because a rank asks for many pieces of it.
final class StoredValues {
  private let read: (String) throws -> (entry: TensorEntry, bytes: Data, file: URL)
  private var name: String?
  private var values: [Double] = []

  init(_ read: @escaping (String) throws -> (entry: TensorEntry, bytes: Data, file: URL)) { self.read = read }

  /// Values `range` of the tensor that the file calls `name`.
  ///
  /// - Errors: `CheckpointError` for a tensor that is missing, has another shape than the parameter, or no type for parameters.
  func values(_ parameter: ParameterSpec, _ range: Range<Int>, named name: String) throws -> [Double] {
    if self.name != name {
      let (entry, bytes, file) = try read(name)
      guard entry.shape == parameter.shape else {
        throw CheckpointError(
          file, "tensor \(entry.name) has shape \(entry.shape), the model's has \(parameter.shape)",
          hint: "Use the model configuration that the file was written with.")
      }
      (values, self.name) = (try StoredValues.doubles(entry, bytes, file), name)
    }
    return Array(values[range])
  }

  private static func doubles(_ entry: TensorEntry, _ bytes: Data, _ file: URL) throws -> [Double] {
    switch entry.type {
    case .f32: return Values.doubles(bytes, as: .float32)
    case .f64: return Values.doubles(bytes, as: .float64)
    case .bf16: return Values.doubles(bytes, as: .bfloat16)
    case .f16: return Values.doubles(bytes, as: .float16)
    default:
      throw CheckpointError(file, "tensor \(entry.name) is stored as \(entry.type.rawValue), which no parameter can be")
    }
  }
}

extension StoredValues {
  convenience init(_ file: SafetensorsFile) {
    self.init { (try file.entry($0), try file.bytes(of: $0), file.url) }
  }

  /// A GPT-2 file may name its tensors with or without the `transformer.` that the language model's class puts before them, and a
  /// LLaMA file the `model.`.
  convenience init(_ folder: ModelFolder) {
    let names = Set(folder.tensorNames)
    self.init { name in
      let short = ["transformer.", "model."].first { name.hasPrefix($0) }.map { String(name.dropFirst($0.count)) }
      let found = names.contains(name) ? name : short.flatMap { names.contains($0) ? $0 : nil } ?? name
      return (try folder.entry(found), try folder.bytes(of: found), folder.url)
    }
  }
}

extension StoredType {
  init(_ type: ScalarType) {
    switch type {
    case .float32: self = .f32
    case .float64: self = .f64
    case .bfloat16: self = .bf16
    case .float16: self = .f16
    case .int32: self = .i32
    }
  }
}
