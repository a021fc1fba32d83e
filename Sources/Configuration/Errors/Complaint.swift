internal import Yams

/// What is wrong with one value, before anybody knows where it stood.
struct Complaint: Error {
  var reason: String
  var hint: String?
  /// The offending text where it is not the whole value.
  var value: String?

  init(_ reason: String, hint: String? = nil, value: String? = nil) {
    (self.reason, self.hint, self.value) = (reason, hint, value)
  }

  /// A value of another type than `expected`.
  static func wrongType(_ node: Node, _ expected: String) -> Complaint {
    switch node {
    case .mapping: Complaint("is a mapping, not \(expected)", hint: expected == "text" ? "quote text with ': '" : nil)
    case .sequence: Complaint("is a list, not \(expected)")
    case .scalar, .alias:
      if node.isNull {
        Complaint("is empty", hint: "give \(expected), or remove the key")
      } else if node.isQuoted {
        Complaint("is quoted text, not \(expected)", hint: "remove the quotes")
      } else {
        Complaint("is not \(expected)")
      }
    }
  }
}
