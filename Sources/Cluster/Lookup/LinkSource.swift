/// Where links are looked up by name.
protocol LinkSource: Sendable {
  /// - Errors: a name that means none, with the nearest one, or one of another kind than `kinds`.
  func link(named text: String, of kinds: Set<Link.Kind>) throws(Complaint) -> Link
}

/// A name without what people write differently: case, spaces, hyphens.
func plainName(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
