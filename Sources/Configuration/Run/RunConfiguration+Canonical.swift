internal import Foundation

/// A key whose values differ between two runs; nil where a run does not use it.
package struct ConfigurationDifference: Hashable, Sendable, CustomStringConvertible {
  package var key: String
  package var here: String?
  package var other: String?

  package var description: String { "\(key): \(here ?? "not used") here, \(other ?? "not used") there" }
}

extension RunConfiguration {
  /// Every setting with its value, defaults included, as JSON with sorted keys; reads back as the same run.
  package var canonicalJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    do { return String(decoding: try encoder.encode(nested), as: UTF8.self) + "\n" } catch {
      preconditionFailure("settings are finite and encode: \(error)")
    }
  }

  /// The keys whose values differ, in their alphabetical order.
  package func differences(from other: RunConfiguration) -> [ConfigurationDifference] {
    Set(settings.keys).union(other.settings.keys).sorted().compactMap { key in
      let (mine, theirs) = (settings[key], other.settings[key])
      guard mine != theirs else { return nil }
      return ConfigurationDifference(key: key, here: mine?.description, other: theirs?.description)
    }
  }

  /// Dotted keys as sections in sections.
  private var nested: Setting {
    settings.reduce(into: Setting.section([:])) { tree, setting in
      tree.put(setting.value, at: setting.key.split(separator: ".").map(String.init)[...])
    }
  }
}

extension Setting {
  fileprivate mutating func put(_ value: Setting, at path: ArraySlice<String>) {
    guard let name = path.first else {
      self = value
      return
    }
    guard case .section(var members) = self else { preconditionFailure("\(name) is a key and a section") }
    members[name, default: .section([:])].put(value, at: path.dropFirst())
    self = .section(members)
  }
}
