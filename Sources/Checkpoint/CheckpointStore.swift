package import Foundation

/// A folder of checkpoints, `step-00000100/` and so on, each whole or not there at all.
///
/// One process writes to a store at a time; any number may read. A reader that is overtaken by a replacement of its
/// step, or by pruning, gets an error and may ask again.
package struct CheckpointStore: Sendable {
  package let directory: URL
  /// How many of the newest checkpoints a save leaves; nothing keeps all.
  package let keepLatest: Int?

  package init(_ directory: URL, keepLatest: Int? = nil) {
    precondition(keepLatest.map { $0 >= 1 } ?? true, "keepLatest is \(keepLatest ?? 0) and must be at least 1")
    (self.directory, self.keepLatest) = (directory, keepLatest)
  }

  /// The steps that have a checkpoint, ascending, valid or not; none if the folder does not exist yet.
  package func checkpoints() throws(CheckpointError) -> [Int] {
    guard exists(directory) else { return [] }
    return try folders().keys.sorted()
  }

  /// Opens the checkpoint of one step; its files are not verified yet.
  package func checkpoint(step: Int) throws(CheckpointError) -> Checkpoint {
    let found = exists(directory) ? try folders()[step] : nil
    guard let url = found else {
      let steps = try checkpoints().map(String.init).joined(separator: ", ")
      throw CheckpointError(
        directory, "has no checkpoint of step \(step)", hint: steps.isEmpty ? nil : "Steps that it has: \(steps).")
    }
    return try open(url, step: step)
  }

  /// The folder of every step.
  ///
  /// A crash between the two renames of a replacement leaves the old checkpoint under its hidden name: it still counts.
  func folders() throws(CheckpointError) -> [Int: URL] {
    var found: [Int: URL] = [:]
    for name in try entries(of: directory) {
      if let step = FolderName.step(of: name) {
        found[step] = url(name)
      } else if let aside = TransientFolder(name: name), aside.kind == .replaced {
        found[aside.step] = found[aside.step] ?? url(name)
      }
    }
    return found
  }

  func open(_ url: URL, step: Int) throws(CheckpointError) -> Checkpoint {
    let checkpoint = try Checkpoint(at: url)
    guard checkpoint.step == step else {
      throw CheckpointError(url, "holds step \(checkpoint.step), not the step of its name")
    }
    return checkpoint
  }

  func url(_ name: String) -> URL { directory.appending(path: name, directoryHint: .isDirectory) }
}
