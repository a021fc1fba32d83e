internal import Yams

/// Flattens mappings into entries by key, and collects what is no key.
struct Walker {
  /// How nodes find their place.
  enum Source {
    case file(String)
    /// A model's file: its keys are those of a run's `model` section.
    case modelFile(String)
    case override(String)
  }

  private(set) var layer = Layer()
  private(set) var errors: [ConfigurationError] = []

  mutating func walk(_ mapping: Node.Mapping, of source: Source, under section: String = "") {
    for (name, value) in mapping {
      guard let word = name.text else {
        errors.append(ConfigurationError(place(name, source), reason: "a key is a word", hint: "write 'key: value'"))
        continue
      }
      visit(section.isEmpty ? word : "\(section).\(word)", name, value, source)
    }
  }

  mutating func refuse(_ error: ConfigurationError) { errors.append(error) }

  private mutating func visit(_ path: String, _ name: Node, _ value: Node, _ source: Source) {
    let path = source.prefix.isEmpty || path.hasPrefix(source.prefix) ? path : source.prefix + path
    if Schema.isSection(path), case .mapping(let inner) = value {
      walk(inner, of: source, under: path)
    } else if let key = Schema.key(spelled: path) {
      add(path, key.name, value, source)
    } else if Schema.isSection(path) {
      if !value.isNull { report(path, value, value, source, "is a section of keys, not a value", hint: nil) }
    } else if !isMetadata(path) {
      report(path, name, nil, source, "is no known key", hint: unknownHint(path, source))
    }
  }

  private mutating func add(_ path: String, _ key: String, _ value: Node, _ source: Source) {
    if case .modelFile = source, key == Keys.modelBase.name {
      report(path, value, nil, source, "belongs into a run's model section, not into a model's file", hint: "remove it")
      return
    }
    // On a command line the last word counts.
    if case .override = source, layer.entries[key]?.spelled == path { layer.remove(key) }
    do {
      try layer.add(Entry(node: value, spelled: source.shown(path), place: place(value, source)), as: key)
    } catch { errors.append(error) }
  }

  private mutating func report(
    _ path: String, _ at: Node, _ value: Node?, _ source: Source, _ reason: String, hint: String?
  ) {
    errors.append(
      ConfigurationError(
        place(at, source), key: source.shown(path), value: value?.shown, reason: reason, hint: hint))
  }

  private func unknownHint(_ path: String, _ source: Source) -> String {
    Schema.replacements[path] ?? Schema.meant(by: path).map { "did you mean '\(source.shown($0))'?" }
      ?? "'orrery train --help-config' lists all keys"
  }

  private func isMetadata(_ path: String) -> Bool {
    path.hasPrefix("model.") && Keys.modelMetadata.contains(String(path.dropFirst("model.".count)))
  }

  private func place(_ node: Node, _ source: Source) -> ConfigurationError.Place {
    switch source {
    case .file(let file), .modelFile(let file): .file(file, at: node.mark)
    case .override(let text): .override(text)
    }
  }
}

extension Walker.Source {
  /// What to put before a key of this source.
  fileprivate var prefix: String {
    if case .modelFile = self { "model." } else { "" }
  }

  /// The path as it stands in this source.
  fileprivate func shown(_ path: String) -> String {
    path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path
  }
}
