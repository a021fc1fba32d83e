package import Foundation

/// What is wrong with a file or folder of a checkpoint: the user's path, damage, or the system's refusal.
package struct CheckpointError: Error, Hashable, Sendable {
  /// The path of the file or folder.
  package var file: String
  package var reason: String
  /// The way out, where there is one.
  package var hint: String?
  /// The system's error number, when the system refused.
  package var code: Int32?

  package init(_ file: URL, _ reason: String, hint: String? = nil, code: Int32? = nil) {
    (self.file, self.reason, self.hint, self.code) = (file.path, reason, hint, code)
  }
}

extension CheckpointError: CustomStringConvertible, LocalizedError {
  /// `PATH: reason`, and the way out on a second line.
  package var description: String {
    "\(file): \(reason)" + (hint.map { "\n  \($0)" } ?? "")
  }

  package var errorDescription: String? { description }
}

extension CheckpointError {
  /// A refusal of the system while `file` was written.
  init(writing file: URL, _ error: any Error) {
    self.init(file, refused: "cannot be written", error)
    hint =
      switch code {
      case ENOSPC, EDQUOT: "Free space there, or choose another folder; older checkpoints are untouched."
      case EACCES, EPERM, EROFS: "Choose a folder that this user may write to."
      case ENOTDIR, EEXIST: "A part of the path is a file; choose another folder."
      default: nil
      }
  }

  /// A refusal of the system while `file` was read.
  init(reading file: URL, _ error: any Error) {
    self.init(file, refused: "cannot be read", error)
    hint =
      switch code {
      case ENOENT: "Check the path."
      case ENOTDIR: "Name the folder, not a file in it."
      case EACCES, EPERM: "Let this user read it."
      default: nil
      }
  }

  private init(_ file: URL, refused what: String, _ error: any Error) {
    let code = systemCode(of: error as NSError)
    let why = code.map(systemReason) ?? "\(error)"
    self.init(file, "\(what): \(why)", code: code)
  }

  /// A JSON file that does not say what it should.
  init(json file: URL, _ error: any Error) {
    self.init(file, "is not the expected JSON: \(decodingReason(error))")
  }
}

/// Foundation wraps the system's number in errors of its own; the innermost one counts.
private func systemCode(of error: NSError) -> Int32? {
  if let inner = error.userInfo[NSUnderlyingErrorKey] as? any Error { return systemCode(of: inner as NSError) }
  return error.domain == NSPOSIXErrorDomain ? Int32(error.code) : nil
}

/// The system's words for its number, without Foundation's "The operation could not be completed".
private func systemReason(_ code: Int32) -> String {
  let text = NSError(domain: NSPOSIXErrorDomain, code: Int(code)).localizedDescription
  return "\(text.replacing("The operation could not be completed. ", with: "")) (error \(code))"
}

/// Where in the document and why, without Foundation's nesting.
func decodingReason(_ error: any Error) -> String {
  guard let error = error as? DecodingError else { return "\(error)" }
  switch error {
  case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
    return place(context.codingPath) + context.debugDescription
  case .keyNotFound(let key, let context):
    return place(context.codingPath) + "'\(key.stringValue)' is missing"
  @unknown default: return "\(error)"
  }
}

private func place(_ path: [any CodingKey]) -> String {
  path.isEmpty ? "" : "at '\(path.map(\.stringValue).joined(separator: "."))': "
}
