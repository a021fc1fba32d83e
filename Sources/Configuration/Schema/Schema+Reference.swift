extension Schema {
  /// The reference that `orrery train --help-config` prints: every key with type, default, meaning and other spellings.
  package static var reference: String {
    let introduction = """
      A run is a YAML file; 'orrery train FILE key.path=value …' overrides its keys, with values in YAML.
      Times carry a unit. model and data are required.
      """
    return ([introduction] + sections.map(text)).joined(separator: "\n\n") + "\n"
  }

  private static func text(_ section: (title: String, keys: [KeyDescription])) -> String {
    ([section.title] + section.keys.map(\.reference)).joined(separator: "\n")
  }
}

extension KeyDescription {
  /// The key's lines in the reference.
  fileprivate var reference: String {
    let used = owners.isEmpty ? [] : ["      used by \(owners.joined(separator: ", "))"]
    let also = aliases.isEmpty ? [] : ["      also \(aliases.joined(separator: ", "))"]
    return (["  \(name): \(type) (default: \(fallback))"] + wrapped(meaning, indent: "      ") + used + also)
      .joined(separator: "\n")
  }

  private func wrapped(_ text: String, indent: String, width: Int = 100) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, last.count + word.count < width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(indent + word)
      }
    }
    return lines
  }
}
