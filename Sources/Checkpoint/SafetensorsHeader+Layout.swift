import Foundation
import Quantities

extension SafetensorsHeader {
  /// The tensors in the order of their bytes; they must tile the data section exactly.
  ///
  /// - Errors: an unknown type, a shape that does not fit its range, a hole, an overlap, a tail.
  func layout(dataBytes: Int, file: URL) throws(CheckpointError) -> [TensorEntry] {
    var entries: [TensorEntry] = []
    for (name, fields) in fields.sorted(by: { $0.key < $1.key }) { entries.append(try fields.entry(name, file: file)) }
    // Empty tensors share their place with a neighbour; names make the order unique.
    entries.sort {
      ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
    }
    var end = 0
    for entry in entries {
      guard entry.range.lowerBound == end else {
        let fault = entry.range.lowerBound < end ? "overlaps the tensor before it" : "leaves a hole before it"
        throw CheckpointError(file, "has a tensor '\(entry.name)' that \(fault), at byte \(entry.range.lowerBound)")
      }
      end = entry.range.upperBound
    }
    guard end == dataBytes else {
      throw CheckpointError(
        file, "holds \(grouped(dataBytes)) B of tensors and its header describes \(grouped(end)) B",
        hint: dataBytes < end ? "The file was cut short; copy or download it again." : nil)
    }
    return entries
  }
}

extension SafetensorsHeader.Fields {
  fileprivate func entry(_ name: String, file: URL) throws(CheckpointError) -> TensorEntry {
    guard let type = StoredType(rawValue: dtype) else {
      let known = StoredType.allCases.map(\.rawValue).joined(separator: ", ")
      throw CheckpointError(file, "has a tensor '\(name)' of type '\(dtype)'", hint: "Types read here: \(known).")
    }
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw CheckpointError(file, "has a tensor '\(name)' with data_offsets \(offsets), not a begin and an end")
    }
    guard byteSize(of: shape, type) == offsets[1] - offsets[0] else {
      throw CheckpointError(
        file, "has a tensor '\(name)' of \(dtype) \(shape) that does not fill its \(offsets[1] - offsets[0]) bytes")
    }
    return TensorEntry(name: name, type: type, shape: shape, range: offsets[0]..<offsets[1])
  }
}

extension SafetensorsHeader {
  /// The 8-byte length and the JSON, padded with spaces to a multiple of eight, as the reference implementation writes.
  static func encode(_ tensors: [StoredTensor], metadata: [String: String]) -> Data {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
    }
    var begin = 0
    for tensor in tensors {
      let end = begin + tensor.byteCount.value
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(begin),\(end)]}")
      begin = end
    }
    var json = Data("{\(members.joined(separator: ","))}".utf8)
    json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -json.count & 7))
    return Data((0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }) + json
  }
}

/// A JSON string: what JSON forbids is escaped and nothing else.
private func quoted(_ text: String) -> String {
  let escapes: [Unicode.Scalar: String] = [
    "\"": "\\\"", "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\u{8}": "\\b", "\u{c}": "\\f",
  ]
  let escaped = text.unicodeScalars.map { scalar in
    if let short = escapes[scalar] { return short }
    guard scalar.value < 0x20 else { return String(scalar) }
    return "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
  }
  return "\"\(escaped.joined())\""
}
