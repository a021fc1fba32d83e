import Foundation

/// The names of a store's folders, such as `step-00000100`.
enum FolderName {
  /// Zero-padded, so that names sort like numbers.
  static func step(_ step: Int) -> String {
    precondition(step >= 0, "a checkpoint's step is \(step)")
    let digits = String(step)
    return "step-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }

  /// The step that a folder is named after; nothing for any other name.
  static func step(of name: some StringProtocol) -> Int? {
    guard name.hasPrefix("step-"), let number = Int(name.dropFirst(5)), number >= 0 else { return nil }
    return name == step(number) ? number : nil
  }
}

/// A hidden folder beside the checkpoints, `.step-00000100.partial-<pid>`, with the process that answers for it.
struct TransientFolder {
  /// How far a folder is between not being there and being a checkpoint, or back.
  enum Kind: String {
    /// Still being written.
    case partial
    /// Whole, and set aside while its successor takes its name; without a successor it counts as the checkpoint.
    case replaced
    /// Being deleted.
    case removed
  }

  var step: Int
  var kind: Kind
  var process: Int32

  init(_ kind: Kind, step: Int) {
    (self.kind, self.step, process) = (kind, step, ProcessInfo.processInfo.processIdentifier)
  }

  init?(name: String) {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, let step = FolderName.step(of: parts[1]) else { return nil }
    let state = parts[2].split(separator: "-", maxSplits: 1)
    guard state.count == 2, let kind = Kind(rawValue: String(state[0])), let process = Int32(state[1]) else {
      return nil
    }
    (self.step, self.kind, self.process) = (step, kind, process)
  }

  var name: String { ".\(FolderName.step(step)).\(kind.rawValue)-\(process)" }

  /// Whether another process may still be at work in it.
  ///
  /// A folder under our own number is a leftover too: one process saves one checkpoint at a time.
  var isInUse: Bool {
    process > 0 && process != ProcessInfo.processInfo.processIdentifier && (kill(process, 0) == 0 || errno == EPERM)
  }
}
