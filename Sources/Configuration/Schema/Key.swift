/// A row of the reference: everything a person needs to know of one key.
package struct KeyDescription: Hashable, Sendable {
  /// The dotted path.
  package var name: String
  /// Which values it takes.
  package var type: String
  package var fallback: String
  package var meaning: String
  /// Other spellings that are understood, as dotted paths.
  package var aliases: [String]
  /// The types of its section that use it; empty where all do.
  package var owners: [String]
}

/// One key of a configuration: its row in the reference, and how its values are read.
struct Key<Value: Sendable>: Sendable {
  let name: String
  let kind: Kind<Value>
  let fallback: Value
  let description: KeyDescription

  /// - Parameters:
  ///   - shown: the default in words, where it depends on other keys.
  ///   - owners: the types of its section that use it, where not all do.
  init(
    _ name: String, _ kind: Kind<Value>, default fallback: Value, shown: String? = nil, _ meaning: String,
    aliases: [String] = [], of owners: [String] = []
  ) {
    (self.name, self.kind, self.fallback) = (name, kind, fallback)
    description = KeyDescription(
      name: name, type: kind.name, fallback: shown ?? kind.write(fallback).description, meaning: meaning,
      aliases: aliases, owners: owners)
  }
}
