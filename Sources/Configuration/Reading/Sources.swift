internal import Yams

/// A run's file, its overrides and the model file they name, read into one layer.
struct Sources {
  let file: String
  private(set) var layer = Layer()
  private(set) var errors: [ConfigurationError] = []

  init(_ text: String, of file: String, overrides: [String]) throws(ConfigurationErrors) {
    self.file = file
    var typed = Walker()
    typed.walk(overrides: overrides)
    var run = Walker()
    // A file that is no YAML ends here: what it misses cannot be known.
    do { run.walk(try composeMapping(text, of: file), of: .file(file)) } catch {
      throw ConfigurationErrors([error] + typed.errors)
    }
    errors = run.errors + typed.errors
    layer = Sources.overlay(run.layer, typed.layer)
    if let entry = layer.entries[Keys.modelBase.name], let base = model(entry) { layer = base.overlaid(with: layer) }
  }

  private static func overlay(_ run: Layer, _ typed: Layer) -> Layer {
    var run = run
    // A model named anew brings its own sizes: those in the file belonged to the old one.
    if typed.entries[Keys.modelBase.name]?.spelled == "model" { run.removeAll(under: "model") }
    return run.overlaid(with: typed)
  }

  /// The keys of the model that the run starts from; nil where it names none, or none that can be read.
  private mutating func model(_ entry: Entry) -> Layer? {
    do {
      guard let text = try Sources.name(entry) else { return nil }
      let path = try ModelFile(run: file).path(of: entry, named: text)
      let mapping = try composeMapping(try readText(path, hint: "check the path"), of: path)
      var walker = Walker()
      walker.walk(mapping, of: .modelFile(path))
      errors += walker.errors
      return walker.layer
    } catch {
      errors.append(error)
      return nil
    }
  }

  private static func name(_ entry: Entry) throws(ConfigurationError) -> String? {
    do throws(Complaint) { return try Keys.modelBase.kind.read(entry.node) } catch {
      throw ConfigurationError(
        entry.place, key: entry.spelled, value: entry.node.shown, reason: error.reason, hint: error.hint)
    }
  }
}
