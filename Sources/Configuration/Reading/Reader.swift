internal import Yams

/// Turns entries into typed values, key by key; collects every mistake and the resolved form on the way.
struct Reader {
  let file: String
  private let layer: Layer
  private(set) var errors: [ConfigurationError]
  /// The value of every key that was read or settled, by canonical key.
  private(set) var resolved: [String: Setting] = [:]
  private var read: Set<String> = []
  private var faulty: Set<String> = []

  init(_ sources: Sources) {
    (file, layer, errors) = (sources.file, sources.layer, sources.errors)
  }

  /// The value of a key; its default where it is not given or wrong.
  mutating func read<Value>(_ key: Key<Value>) -> Value { value(key) ?? settled(key, key.fallback) }

  /// The value of a key whose default depends on other keys.
  mutating func read<Value>(_ key: Key<Value?>, else fallback: Value) -> Value {
    (value(key) ?? nil) ?? settled(key, fallback) ?? fallback
  }

  /// Puts a derived value into the resolved form.
  mutating func settle<Value>(_ key: Key<Value>, _ value: Value) { resolved[key.name] = key.kind.write(value) }

  /// Lets a derived value stand under another spelling in the resolved form.
  mutating func rename(_ key: String, to spelling: String) {
    if let value = resolved.removeValue(forKey: key) { resolved[spelling] = value }
  }

  private mutating func settled<Value>(_ key: Key<Value>, _ value: Value) -> Value {
    settle(key, value)
    return value
  }

  /// The value that was given; nil where there is none or it is wrong.
  private mutating func value<Value>(_ key: Key<Value>) -> Value? {
    read.insert(key.name)
    guard let entry = layer.entries[key.name] else { return nil }
    do {
      return settled(key, try key.kind.read(entry.node))
    } catch {
      complain(key.name, value: error.value ?? entry.node.shown, because: error.reason, hint: error.hint)
      return nil
    }
  }
}

extension Reader {
  func isGiven(_ key: String) -> Bool { layer.entries[key] != nil }

  /// Whether no mistake was found in these keys: what compares them makes sense only then.
  func isSound(_ keys: String...) -> Bool { faulty.isDisjoint(with: keys) }

  /// Notes a mistake, at the place of the first of `keys` that was given, or in the file as a whole.
  mutating func complain(_ keys: String..., value: String? = nil, because reason: String, hint: String? = nil) {
    complain(of: keys, value: value, because: reason, hint: hint)
  }

  mutating func complain(of keys: [String], value: String? = nil, because reason: String, hint: String? = nil) {
    let names = keys.map { Schema.key(spelled: $0)?.name ?? $0 }
    let entry = names.lazy.compactMap { [layer] in layer.entries[$0] }.first
    faulty.formUnion(names)
    errors.append(
      ConfigurationError(
        entry?.place ?? .file(file), key: entry?.spelled ?? keys[0], value: value, reason: reason, hint: hint))
  }

  /// As `complain`, showing the value as it was typed.
  mutating func complainAboutValue(_ key: String, because reason: String, hint: String? = nil) {
    complain(key, value: layer.entries[key]?.node.shown ?? resolved[key]?.description, because: reason, hint: hint)
  }

  /// Every given key of a section that the chosen `type` never read is a mistake.
  mutating func refuseUnread(
    of keys: [KeyDescription], because reason: String, choice: String, hint: String = "remove one of them"
  ) {
    guard isSound(choice) else { return }
    for key in keys where isGiven(key.name) && !read.contains(key.name) {
      let owners = key.owners.joined(separator: ", ")
      complain(key.name, because: reason, hint: owners.isEmpty ? hint : "remove it, or use \(choice) \(owners)")
    }
  }
}

extension Reader {
  /// All mistakes in the order in which a person works through them: the run's file, other files, overrides.
  var ordered: [ConfigurationError] {
    errors.enumerated().sorted { rank($0) < rank($1) }.map(\.element)
  }

  private func rank(_ numbered: (offset: Int, element: ConfigurationError)) -> (Int, String, Int, Int, Int) {
    let error = numbered.element
    return switch error.place {
    case .file(let name, let line, let column):
      (name == file ? 0 : 1, name, line ?? .max, column ?? 0, numbered.offset)
    case .override, .world: (2, "", 0, 0, numbered.offset)
    }
  }
}
