/// A name in a `config.json`, whichever it is.
struct SettingName: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }
  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer<SettingName> {
  /// Reads one setting under whichever of its names is there; leaves `value` alone where none is, or where it is null.
  func read<Value: Decodable>(_ name: String, _ aliases: [String] = [], into value: inout Value) throws {
    let present = ([name] + aliases).map { SettingName($0) }.filter(contains)
    guard present.count <= 1 else {
      let names = present.map(\.stringValue).joined(separator: " and ")
      throw corrupted(name, "\(names) are the same setting; keep one")
    }
    if let key = present.first { value = try decodeIfPresent(Value.self, forKey: key) ?? value }
  }

  func corrupted(_ name: String, _ reason: String) -> DecodingError {
    .dataCorrupted(.init(codingPath: codingPath + [SettingName(name)], debugDescription: reason))
  }
}
