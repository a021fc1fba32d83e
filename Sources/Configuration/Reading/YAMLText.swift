internal import Foundation
internal import Yams

/// The text of a file.
///
/// - Errors: no such file, a folder, a file that cannot be read or is not UTF-8.
func readText(_ path: String, hint: String) throws(ConfigurationError) -> String {
  var isFolder: ObjCBool = false
  let place = ConfigurationError.Place.file(path)
  guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
    throw ConfigurationError(place, reason: "there is no such file", hint: hint)
  }
  guard !isFolder.boolValue else { throw ConfigurationError(place, reason: "is a folder, not a file", hint: hint) }
  guard let data = FileManager.default.contents(atPath: path) else {
    throw ConfigurationError(place, reason: "cannot be read", hint: "check its permissions")
  }
  guard let text = String(validating: data, as: UTF8.self) else {
    throw ConfigurationError(place, reason: "is not UTF-8 text", hint: hint)
  }
  return text
}

/// The root of a YAML text, which a JSON text is too; nil where there is none.
///
/// - Errors: what is no YAML, with its line, and a key that is there twice.
func compose(_ text: String, at place: ConfigurationError.Place) throws(ConfigurationError) -> Node? {
  // libyaml takes a byte-order mark, as some editors leave one, for the first letter of a key.
  let text = text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
  do { return try Yams.compose(yaml: text) } catch { throw describe(error, at: place) }
}

/// The mapping that a file consists of.
///
/// - Errors: those of `compose`, an empty file, and a root that is no mapping.
func composeMapping(_ text: String, of file: String) throws(ConfigurationError) -> Node.Mapping {
  guard let root = try compose(text, at: .file(file)), !root.isNull else {
    throw ConfigurationError(.file(file), reason: "is empty", hint: "write 'key: value' lines")
  }
  guard case .mapping(let mapping) = root else {
    throw ConfigurationError(.file(file, at: root.mark), reason: "is not a mapping", hint: "write 'key: value' lines")
  }
  return mapping
}

private func describe(_ error: any Error, at place: ConfigurationError.Place) -> ConfigurationError {
  switch error {
  case YamlError.scanner(let context, let problem, let mark, _),
    YamlError.parser(let context, let problem, let mark, _),
    YamlError.composer(let context, let problem, let mark, _):
    let sentence = [context?.text, problem].compactMap { $0 }.joined(separator: ": ")
    return ConfigurationError(
      place.moved(to: mark), reason: "no valid YAML: \(sentence)", hint: "check indentation, quotes and brackets")
  case YamlError.duplicatedKeysInMapping(let duplicates, let context):
    return ConfigurationError(
      place.moved(to: context.mark), key: duplicates.joined(separator: ", "), reason: "is given twice in one mapping",
      hint: "keep one of them")
  case YamlError.reader(let problem, _, _, _):
    return ConfigurationError(place, reason: "no valid YAML: \(problem)", hint: "remove the character")
  default:
    return ConfigurationError(place, reason: "no valid YAML: \(error)")
  }
}

extension ConfigurationError.Place {
  static func file(_ file: String, at mark: Mark?) -> Self { .file(file, line: mark?.line, column: mark?.column) }

  /// A position in the same file; an override has no lines.
  func moved(to mark: Mark) -> Self {
    if case .file(let file, _, _) = self { .file(file, at: mark) } else { self }
  }
}
