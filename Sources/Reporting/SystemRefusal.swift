import Foundation

/// A path that the system would not write to: why, and what helps whatever the file is.
struct SystemRefusal {
  var code: Int32

  init(code: Int32) { self.code = code }

  /// Nil for an error that is none of the system's. Foundation wraps the system's number in errors of its own; the innermost one counts.
  init?(_ error: any Error) {
    let error = error as NSError
    if let inner = error.userInfo[NSUnderlyingErrorKey] as? any Error {
      self.init(inner)
    } else if error.domain == NSPOSIXErrorDomain {
      self.init(code: Int32(error.code))
    } else {
      return nil
    }
  }

  /// `cannot be written: No space left on device (errno 28)`.
  func reason(_ failure: String) -> String { "\(failure): \(unsafe String(cString: strerror(code))) (errno \(code))" }

  /// - Parameter noSpace: what to do, and what has become of the file, where there is no room for it.
  func wayOut(noSpace: String) -> String? {
    switch code {
    case ENOSPC, EDQUOT, EFBIG: noSpace
    case EACCES, EPERM, EROFS: "Choose a path that this user may write to."
    case ENOENT: "Create the folder, or choose another path."
    case EISDIR: "Name a file, not a folder."
    case ENOTDIR: "A part of the path is a file; choose another path."
    default: nil
    }
  }
}
