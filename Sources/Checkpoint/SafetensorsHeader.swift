import Foundation

/// The JSON in front of a safetensors file, as far as it can be trusted without knowing the file's length.
///
/// - Source: https://github.com/huggingface/safetensors, "Format".
struct SafetensorsHeader: Decodable {
  var metadata: [String: String] = [:]
  var fields: [String: Fields] = [:]
  /// Names in the document's two outer levels after decoding, where a repeated one counts once.
  private var distinctMembers = 0

  /// What the header says of one tensor.
  struct Fields: Decodable {
    var dtype: String
    var shape: [Int]
    var offsets: [Int]
    fileprivate var members: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: AnyKey.self)
      dtype = try container.decode(String.self, forKey: AnyKey("dtype"))
      shape = try container.decode([Int].self, forKey: AnyKey("shape"))
      offsets = try container.decode([Int].self, forKey: AnyKey("data_offsets"))
      members = container.allKeys.count
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: AnyKey.self)
    for key in container.allKeys where key.stringValue != "__metadata__" {
      let tensor = try container.decode(Fields.self, forKey: key)
      fields[key.stringValue] = tensor
      distinctMembers += tensor.members
    }
    metadata = try container.decodeIfPresent([String: String].self, forKey: AnyKey("__metadata__")) ?? [:]
    distinctMembers += container.allKeys.count + metadata.count
  }

  /// - Errors: text that is not such a JSON object, or in which a name occurs twice.
  static func parse(_ json: Data, file: URL) throws(CheckpointError) -> SafetensorsHeader {
    // Foundation would also read UTF-16, which betrays itself by zero bytes.
    guard json.first == UInt8(ascii: "{"), !json.contains(0) else {
      throw CheckpointError(file, "has a header that is not a JSON object")
    }
    let header: SafetensorsHeader
    do {
      header = try JSONDecoder().decode(SafetensorsHeader.self, from: json)
    } catch {
      throw CheckpointError(file, "has a malformed header: \(decodingReason(error))")
    }
    guard header.distinctMembers == countOuterMembers(json) else {
      throw CheckpointError(file, "has a header in which a name occurs twice")
    }
    return header
  }
}

/// Counts names in the two outer levels of a valid JSON document, repeated ones too, which Foundation hides.
private func countOuterMembers(_ json: Data) -> Int {
  var (members, depth, inText, escaped) = (0, 0, false, false)
  for byte in json {
    if escaped {
      escaped = false
    } else if inText {
      (inText, escaped) = (byte != UInt8(ascii: "\""), byte == UInt8(ascii: "\\"))
    } else {
      switch byte {
      case UInt8(ascii: "\""): inText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth <= 2: members += 1
      default: break
      }
    }
  }
  return members
}

/// A key that is only known when the document is read.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }
}
