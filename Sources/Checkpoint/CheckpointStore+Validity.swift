import Foundation

/// A checkpoint that was passed over, and why.
package struct RejectedCheckpoint: Hashable, Sendable, CustomStringConvertible {
  package var step: Int
  package var reason: CheckpointError

  package var description: String { "step \(step): \(reason.file): \(reason.reason)" }
}

extension CheckpointStore {
  /// The newest checkpoint whose every byte is as it was written, and the newer ones that are not.
  ///
  /// - Errors: none valid; the reason lists what is wrong with each.
  package func latestValid() throws(CheckpointError) -> (checkpoint: Checkpoint, rejected: [RejectedCheckpoint]) {
    var rejected: [RejectedCheckpoint] = []
    for (step, url) in exists(directory) ? try folders().sorted(by: { $0.key > $1.key }) : [] {
      do {
        let checkpoint = try open(url, step: step)
        try checkpoint.verify()
        return (checkpoint, rejected)
      } catch {
        rejected.append(RejectedCheckpoint(step: step, reason: error))
      }
    }
    guard !rejected.isEmpty else { throw CheckpointError(directory, "holds no checkpoint", hint: "Check the path.") }
    let reasons = rejected.map { "\n  \($0)" }.joined()
    throw CheckpointError(
      directory, "holds no valid checkpoint:\(reasons)", hint: "Start from the beginning, or restore a copy.")
  }

  /// Whether the checkpoint of a step is whole and undamaged.
  func isValid(step: Int) -> Bool {
    do {
      try checkpoint(step: step).verify()
      return true
    } catch {
      return false
    }
  }
}
