import Configuration
import Foundation

/// A run whose world and vocabulary are known: from a run's file, or from a model's.
struct RunFile {
  let configuration: RunConfiguration

  /// - Errors: what is wrong with the file, or with the data whose tokens a vocabulary of `auto` would count.
  init(_ path: String, overrides: [String], batch: Int?, sequence: Int?) throws {
    let loaded =
      Self.isModel(path)
      ? try Self.run(of: path, overrides, batch: batch ?? 1, sequence: sequence)
      : try RunConfiguration.load(file: path, overrides: overrides)
    configuration = try loaded.resolved(world: loaded.defaultRanks).withKnownVocabulary()
  }

  /// A run names its model; a model's file has its sizes at the top.
  static func isModel(_ path: String) -> Bool {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return false }
    let keys =
      (try? JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]).map { Array($0.keys) }
      ?? text.split(separator: "\n").map { String($0.prefix { $0 != ":" }) }
    return !keys.contains { ["model", "data"].contains($0) }
  }

  private static func run(of path: String, _ overrides: [String], batch: Int, sequence: Int?) throws
    -> RunConfiguration
  {
    let absolute = URL(filePath: path).absoluteURL.path(percentEncoded: false).replacing("'", with: "''")
    let length = sequence.map { "sequence_length: \($0)\n" } ?? ""
    let text = "model: '\(absolute)'\ndata: none\nmicro_batch_size: \(batch)\n\(length)"
    return try RunConfiguration.parse(text, file: path, overrides: overrides)
  }
}
