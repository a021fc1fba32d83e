/// A mistake in a configuration: where it is, what is wrong, and a way out.
package struct ConfigurationError: Error, Hashable, Sendable {
  /// Where a person wrote the setting.
  package enum Place: Hashable, Sendable {
    /// A file; lines and columns count from 1. No line where the fault is in the file as a whole.
    case file(String, line: Int? = nil, column: Int? = nil)
    /// A command-line override, as typed.
    case override(String)
    /// Known only when the run starts.
    case world
  }

  package var place: Place
  /// The dotted path, as spelled by the user.
  package var key: String?
  package var value: String?
  package var reason: String
  package var hint: String?

  package init(_ place: Place, key: String? = nil, value: String? = nil, reason: String, hint: String? = nil) {
    (self.place, self.key, self.value, self.reason, self.hint) = (place, key, value, reason, hint)
  }

  package var file: String? {
    if case .file(let file, _, _) = place { file } else { nil }
  }

  package var line: Int? {
    if case .file(_, let line, _) = place { line } else { nil }
  }

  package var column: Int? {
    if case .file(_, _, let column) = place { column } else { nil }
  }
}

extension ConfigurationError: CustomStringConvertible {
  /// One line: `run.yaml:4:7: optimizer.lr '-1' is not a number ≥ 0; hint`.
  package var description: String {
    let subject = [key, value.map { "'\($0)'" }].compactMap { $0 }.joined(separator: " ")
    let sentence = subject.isEmpty ? reason : "\(subject) \(reason)"
    return place.prefix + sentence + (hint.map { "; \($0)" } ?? "")
  }
}

extension ConfigurationError.Place {
  var prefix: String {
    switch self {
    case .file(let file, let line, let column):
      ([file] + [line, column].compactMap { $0.map(String.init) }).joined(separator: ":") + ": "
    case .override(let text): "override \(text): "
    case .world: ""
    }
  }
}

/// Every mistake of a configuration, in the order of files, lines and overrides; never empty.
package struct ConfigurationErrors: Error, Hashable, Sendable, CustomStringConvertible {
  package let errors: [ConfigurationError]

  package init(_ errors: [ConfigurationError]) {
    precondition(!errors.isEmpty, "a failure without an error")
    self.errors = errors
  }

  /// One line per mistake.
  package var description: String { errors.map(\.description).joined(separator: "\n") }
}
