import Foundation

/// Why a metrics file cannot be used, and the way out.
package struct MetricsError: Error, Hashable, Sendable {
  /// The path as the user gave it.
  package var file: String
  package var reason: String
  package var hint: String?
  /// The system's error number, when the system refused.
  package var code: Int32?

  package init(file: String, reason: String, hint: String? = nil, code: Int32? = nil) {
    (self.file, self.reason, self.hint, self.code) = (file, reason, hint, code)
  }
}

extension MetricsError: CustomStringConvertible, LocalizedError {
  /// `file: reason`, and the way out on a second line.
  package var description: String { "\(file): \(reason)" + (hint.map { "\n  \($0)" } ?? "") }

  package var errorDescription: String? { description }
}

extension MetricsError {
  /// A refusal of the system: `metrics.jsonl: cannot be written: No space left on device (errno 28)`.
  init(file: String, _ failure: String, code: Int32) {
    let refusal = SystemRefusal(code: code)
    self.init(
      file: file, reason: refusal.reason(failure),
      hint: refusal.wayOut(
        noSpace: "Free space there and resume, or choose another path; the lines written so far are whole."), code: code
    )
  }

  /// A refusal that Foundation passes on.
  init(file: String, _ failure: String, _ error: any Error) {
    guard let refusal = SystemRefusal(error) else {
      self.init(file: file, reason: "\(failure): \(error)")
      return
    }
    self.init(file: file, failure, code: refusal.code)
  }

  /// A file that holds something else, which appending would spoil.
  init(notMetrics file: String, line: Int) {
    self.init(
      file: file, reason: "exists and is not a metrics file: line \(line) is not a JSON object with an \"event\"",
      hint: "Choose another path, or move the file away.")
  }
}
