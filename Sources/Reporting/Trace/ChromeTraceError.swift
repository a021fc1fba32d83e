import Foundation

/// Why a trace could not be written, and the way out.
package struct ChromeTraceError: Error, Hashable, Sendable {
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

extension ChromeTraceError: CustomStringConvertible, LocalizedError {
  /// `file: reason`, and the way out on a second line.
  package var description: String { "\(file): \(reason)" + (hint.map { "\n  \($0)" } ?? "") }

  package var errorDescription: String? { description }
}

extension ChromeTraceError {
  /// A refusal of the system: `trace.json: cannot be created: Permission denied (errno 13)`.
  init(_ file: String, _ failure: String, code: Int32) {
    let refusal = SystemRefusal(code: code)
    self.init(
      file: file, reason: refusal.reason(failure),
      hint: refusal.wayOut(
        noSpace: "Free space there, or choose another path; nothing of the trace was left behind."), code: code)
  }

  /// A refusal that Foundation passes on.
  init(_ file: String, _ failure: String, _ error: any Error) {
    guard let refusal = SystemRefusal(error) else {
      self.init(file: file, reason: "\(failure): \(error)")
      return
    }
    self.init(file, failure, code: refusal.code)
  }
}
