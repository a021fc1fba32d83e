import Configuration
import Foundation
import Testing

/// The smallest run: two required keys.
let smallest = """
  model: {n_layer: 2, n_embd: 32, n_head: 4, n_positions: 16, vocab_size: auto}
  data: text.txt

  """

/// A run of the smallest text and some more lines, which start at line 3.
func run(_ more: String = "", overrides: [String] = []) throws(ConfigurationErrors) -> RunConfiguration {
  try RunConfiguration.parse(smallest + more, file: "run.yaml", overrides: overrides)
}

/// The messages of a text that must not be accepted.
func mistakes(in text: String, overrides: [String] = []) -> [String] {
  do {
    _ = try RunConfiguration.parse(text, file: "run.yaml", overrides: overrides)
    return []
  } catch { return error.errors.map(\.description) }
}

/// The messages of the smallest run with some more lines, which start at line 3.
func mistakes(with more: String = "", overrides: [String] = []) -> [String] {
  mistakes(in: smallest + more, overrides: overrides)
}

/// The folder `configs` of this repository.
let configs = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("configs").path

/// A folder of one test, removed after it.
struct Folder: ~Copyable {
  let path = NSTemporaryDirectory() + "/configuration-\(UUID().uuidString)"

  init(_ files: [String: String]) throws {
    for (name, text) in files {
      let url = URL(fileURLWithPath: "\(path)/\(name)")
      try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: url)
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The messages of a run's file in here, without this folder's name.
  func mistakes(_ name: String, overrides: [String] = []) -> [String] {
    do {
      _ = try RunConfiguration.load(file: "\(path)/\(name)", overrides: overrides)
      return []
    } catch { return error.errors.map { $0.description.replacingOccurrences(of: path + "/", with: "") } }
  }
}
