import Quantities
import Yams

/// One entry of a catalogue file: keys with values, in a place that errors name.
struct CatalogueEntry {
  /// In the order of the file.
  let keys: [String]
  private let values: [String: Node]
  let place: String

  /// - Parameter place: file and entry, as errors name them.
  init(_ node: Node?, at place: String) throws(GPUError) {
    guard let node else { throw GPUError("\(place) is missing") }
    guard let mapping = node.mapping else { throw GPUError("\(place): is not a mapping of keys to values") }
    (keys, self.place) = (mapping.keys.map { $0.string ?? "" }, place)
    values = Dictionary(zip(keys, mapping.values)) { first, _ in first }
    guard values.count == keys.count else { throw GPUError("\(place): a key is there twice") }
  }

  /// - Errors: text that is no YAML, or that names a key twice.
  init(yaml: String, file: String) throws(GPUError) {
    let root: Node?
    // The basic resolver takes every scalar for text, as is done here: the default one tries seven patterns on each.
    do { root = try Yams.compose(yaml: yaml, .basic) } catch { throw GPUError("\(file): \(problem(of: error))") }
    guard let root else { throw GPUError("\(file): is empty") }
    try self.init(root, at: file)
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  func entry(_ key: String) throws(GPUError) -> CatalogueEntry {
    try CatalogueEntry(values[key], at: "\(place): \(key)")
  }

  /// An empty list where the key is missing.
  func nodes(_ key: String) throws(GPUError) -> [Node] {
    guard let value = values[key] else { return [] }
    guard let list = value.sequence else { throw GPUError("\(place): \(key): is not a list; write it like [a, b]") }
    return Array(list)
  }

  func list(_ key: String) throws(GPUError) -> [String] {
    try nodes(key).map { node throws(GPUError) in
      guard let text = node.string, !text.isEmpty else { throw GPUError("\(place): \(key): holds what is no text") }
      return text
    }
  }

  /// Nil where the key is missing.
  func optionalText(_ key: String) throws(GPUError) -> String? {
    guard let value = values[key] else { return nil }
    guard let text = value.string, !text.isEmpty else { throw GPUError("\(place): \(key): has no value") }
    return text
  }

  func text(_ key: String) throws(GPUError) -> String {
    guard let text = try optionalText(key) else { throw GPUError("\(place): \(key) is missing") }
    return text
  }

  /// - Errors: a key that no reader knows, with the nearest one that is known.
  func refuseUnknown(_ known: [String]) throws(GPUError) {
    for key in keys where !known.contains(key) {
      let hint = suggestion(for: key, among: known).map { "did you mean \($0)?" }
      throw GPUError("\(place): \(key) is not a key here; \(hint ?? "known: \(known.joined(separator: ", "))")")
    }
  }
}

/// What a YAML parser has to say, in one line.
func problem(of error: any Error) -> String {
  switch error as? YamlError {
  case .duplicatedKeysInMapping(let keys, let context):
    "line \(context.mark.line): \(keys.joined(separator: ", ")) is there twice"
  case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
    .composer(_, let problem, let mark, _):
    "line \(mark.line): is not YAML: \(problem)"
  default: "is not YAML: \(error)"
  }
}
