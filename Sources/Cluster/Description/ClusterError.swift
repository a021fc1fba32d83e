import Quantities

/// A mistake in a file that describes a cluster or its links: where it is, what is wrong, and a way out.
package struct ClusterError: Error, Hashable, Sendable {
  package var file: String
  /// Counts from 1; none where the fault is in the file as a whole.
  package var line: Int?
  /// With the keys around it: `host.memory`.
  package var key: String?
  package var value: String?
  package var reason: String
  package var hint: String?

  package init(
    file: String, line: Int? = nil, key: String? = nil, value: String? = nil, reason: String, hint: String? = nil
  ) {
    (self.file, self.line, self.key, self.value) = (file, line, key, value)
    (self.reason, self.hint) = (reason, hint)
  }
}

extension ClusterError: CustomStringConvertible {
  /// One line: `own.yaml:4: nodes '0' is not a whole number of at least 1; write it like 'nodes: 4'`.
  package var description: String {
    let place = file + (line.map { ":\($0)" } ?? "")
    let subject = [key, value.map { "'\($0)'" }].compactMap { $0 }
    return "\(place): " + (subject + [reason]).joined(separator: " ") + (hint.map { "; \($0)" } ?? "")
  }
}

/// Every mistake of a file, in the order in which they were found; never empty.
package struct ClusterErrors: Error, Hashable, Sendable, CustomStringConvertible {
  package let errors: [ClusterError]

  package init(_ errors: [ClusterError]) {
    precondition(!errors.isEmpty, "a failure without an error")
    self.errors = errors
  }

  /// One line per mistake.
  package var description: String { errors.map(\.description).joined(separator: "\n") }
}

/// What is wrong with one value, before anybody knows where it stood.
struct Complaint: Error {
  var reason: String
  var hint: String?

  init(_ reason: String, hint: String? = nil) { (self.reason, self.hint) = (reason, hint) }

  /// A word that is none of those that are known.
  init(_ reason: String, typed: String, known: [String]) {
    let near = suggestion(for: typed, among: known).map { "did you mean \($0)?" }
    self.init(reason, hint: near ?? "known: \(known.joined(separator: ", "))")
  }
}
