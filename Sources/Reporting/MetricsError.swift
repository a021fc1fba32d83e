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
    let cause = unsafe String(cString: strerror(code))
    self.init(file: file, reason: "\(failure): \(cause) (errno \(code))", hint: wayOut(code), code: code)
  }

  /// A refusal that Foundation passes on.
  init(file: String, _ failure: String, _ error: any Error) {
    guard let code = systemCode(of: error as NSError) else {
      self.init(file: file, reason: "\(failure): \(error)")
      return
    }
    self.init(file: file, failure, code: code)
  }

  /// A file that holds something else, which appending would spoil.
  init(notMetrics file: String, line: Int) {
    self.init(
      file: file, reason: "exists and is not a metrics file: line \(line) is not a JSON object with an \"event\"",
      hint: "Choose another path, or move the file away.")
  }
}

private func wayOut(_ code: Int32) -> String? {
  switch code {
  case ENOSPC, EDQUOT, EFBIG: "Free space there and resume, or choose another path; the lines written so far are whole."
  case EACCES, EPERM, EROFS: "Choose a path that this user may write to."
  case ENOENT: "Create the folder, or choose another path."
  case EISDIR: "Name a file, not a folder."
  case ENOTDIR: "A part of the path is a file; choose another path."
  default: nil
  }
}

/// Foundation wraps the system's number in errors of its own; the innermost one counts.
private func systemCode(of error: NSError) -> Int32? {
  if let inner = error.userInfo[NSUnderlyingErrorKey] as? any Error { return systemCode(of: inner as NSError) }
  return error.domain == NSPOSIXErrorDomain ? Int32(error.code) : nil
}
