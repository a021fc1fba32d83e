internal import Yams

extension Walker {
  /// Reads `key.path=value` arguments in their order; values are YAML.
  mutating func walk(overrides: [String]) {
    for text in overrides { walk(override: text) }
  }

  private mutating func walk(override text: String) {
    do {
      let (path, value) = try split(text)
      let node = try compose(value, at: .override(text)) ?? Node("", .implicit, .plain)
      walk(Node.Mapping([(Node(path), node)]), of: .override(text))
    } catch { refuse(error) }
  }

  private func split(_ text: String) throws(ConfigurationError) -> (path: String, value: String) {
    guard let sign = text.firstIndex(of: "="), sign != text.startIndex else {
      throw ConfigurationError(
        .override(text), reason: "is not of the form key.path=value", hint: "as in optimizer.lr=3e-4")
    }
    return (String(text[..<sign]), String(text[text.index(after: sign)...]))
  }
}
