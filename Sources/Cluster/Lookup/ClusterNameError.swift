/// A text that names no cluster.
package struct ClusterNameError: Error, Hashable, Sendable, CustomStringConvertible {
  package var value: String
  package var reason: String
  package var hint: String?

  /// One line: `'hgx-h10' is no cluster that is built in; did you mean hgx-h100?`.
  package var description: String { "'\(value)' \(reason)" + (hint.map { "; \($0)" } ?? "") }
}
