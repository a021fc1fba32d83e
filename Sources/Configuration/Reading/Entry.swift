internal import Yams

/// One value that a person gave, and where.
struct Entry {
  var node: Node
  /// The dotted path as typed: a key or one of its aliases.
  var spelled: String
  var place: ConfigurationError.Place
}

/// What one source gives: a file, or all overrides.
struct Layer {
  /// By canonical key.
  private(set) var entries: [String: Entry] = [:]

  /// - Errors: a key that is there already, under this or another spelling.
  mutating func add(_ entry: Entry, as key: String) throws(ConfigurationError) {
    if let other = entries[key] {
      let reason =
        other.spelled == entry.spelled
        ? "is given twice" : "is another spelling of \(other.spelled), which is given too\(other.place.lineNote)"
      throw ConfigurationError(entry.place, key: entry.spelled, reason: reason, hint: "keep one of them")
    }
    entries[key] = entry
  }

  mutating func remove(_ key: String) { entries[key] = nil }

  mutating func removeAll(under section: String) {
    entries = entries.filter { !$0.key.hasPrefix("\(section).") }
  }

  /// Both; where both give a key, `upper` does.
  func overlaid(with upper: Layer) -> Layer {
    var result = self
    result.entries.merge(upper.entries) { $1 }
    return result
  }
}

extension ConfigurationError.Place {
  fileprivate var lineNote: String {
    if case .file(_, let line?, _) = self { " in line \(line)" } else { "" }
  }
}
