internal import Foundation
internal import Quantities

/// Finds the file of a model that a run names.
struct ModelFile {
  /// The run's file: paths and names in it are relative to its folder.
  let run: String

  /// The path of a model's file.
  ///
  /// A text with a slash or an extension is a path; anything else is a name among the models beside the run.
  /// - Errors: a model that is not there, with the nearest name.
  func path(of entry: Entry, named text: String) throws(ConfigurationError) -> String {
    let candidates =
      isPath(text)
      ? [resolved(text, entry.place)]
      : folders.flatMap { folder in
        extensions.map { join(folder, "\(text).\($0)") }
      }
    if let found = candidates.first(where: FileManager.default.fileExists) { return found }
    let known = names
    let hint =
      suggestion(for: text, among: known).map { "did you mean '\($0)'?" }
      ?? (isPath(text) || known.isEmpty ? nil : "models here are \(known.joined(separator: ", "))")
    let sought = candidates.count == 1 ? candidates[0] : "\(join(folders[0], text)).yaml or .json"
    throw ConfigurationError(
      entry.place, key: entry.spelled, value: text, reason: "names no model: there is no \(sought)", hint: hint)
  }

  private let extensions = ["yaml", "yml", "json"]

  private func isPath(_ text: String) -> Bool {
    text.contains("/") || extensions.contains { text.hasSuffix(".\($0)") }
  }

  /// A path on the command line is relative to where the person stands.
  private func resolved(_ text: String, _ place: ConfigurationError.Place) -> String {
    if case .override = place { text } else { text.hasPrefix("/") ? text : join(folder, text) }
  }

  private var folder: String {
    guard let slash = run.lastIndex(of: "/") else { return "" }
    return String(run[...slash])
  }

  private var folders: [String] { [join(folder, "../models"), join(folder, "models"), folder] }

  private var names: [String] {
    let files = folders.prefix(2).flatMap { (try? FileManager.default.contentsOfDirectory(atPath: $0)) ?? [] }
    let models = files.filter { file in extensions.contains { file.hasSuffix(".\($0)") } }
    return Set(models.map { String($0.prefix { $0 != "." }) }).sorted()
  }

  private func join(_ folder: String, _ name: String) -> String {
    folder.isEmpty || folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
