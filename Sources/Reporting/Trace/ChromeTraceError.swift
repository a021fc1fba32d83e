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
    let cause = unsafe String(cString: strerror(code))
    self.init(file: file, reason: "\(failure): \(cause) (errno \(code))", hint: wayOut(code), code: code)
  }

  /// A refusal that Foundation passes on.
  init(_ file: String, _ failure: String, _ error: any Error) {
    guard let code = systemCode(of: error as NSError) else {
      self.init(file: file, reason: "\(failure): \(error)")
      return
    }
    self.init(file, failure, code: code)
  }
}

private func wayOut(_ code: Int32) -> String? {
  switch code {
  case ENOSPC, EDQUOT, EFBIG: "Free space there, or choose another path; nothing of the trace was left behind."
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
