import Foundation

/// What is wrong with a text, a tokenizer or a token file, and the way out.
package struct CorpusError: Error, Hashable {
  /// The file or directory concerned, as it was named by the user.
  package var file: String?
  /// What is wrong, with the numbers that show it.
  package var reason: String
  /// What to do about it.
  package var hint: String?
  /// The system's error number, when it was the system that refused.
  package var code: Int32?

  package init(file: String? = nil, reason: String, hint: String? = nil, code: Int32? = nil) {
    self.file = file
    self.reason = reason
    self.hint = hint
    self.code = code
  }
}

extension CorpusError: CustomStringConvertible {
  /// `file: reason`, and the hint on a second line.
  package var description: String {
    let first = file.map { "\($0): \(reason)" } ?? reason
    return hint.map { "\(first)\n  \($0)" } ?? first
  }
}

extension CorpusError {
  /// A refusal of the system: `cannot be written: No space left on device (errno 28)`.
  init(file: String, _ failure: String, _ underlying: any Error, hint: String?) {
    let code = systemErrorNumber(underlying)
    let cause = code.map { "\(systemMessage($0)) (errno \($0))" } ?? "\(underlying)"
    self.init(file: file, reason: "\(failure): \(cause)", hint: hint, code: code)
  }

  /// The same error, said of a file.
  func about(_ file: String) -> CorpusError {
    var error = self
    error.file = error.file ?? file
    return error
  }
}

/// Runs a call of Foundation and turns its failure into a `CorpusError` about `file`.
func attempting<Value>(
  _ file: String, _ failure: String, hint: String? = nil, _ body: () throws -> Value
) throws(CorpusError) -> Value {
  do { return try body() } catch { throw CorpusError(file: file, failure, error, hint: hint) }
}

/// Foundation wraps `errno` in layers that differ per call; the innermost one says most.
private func systemErrorNumber(_ error: any Error) -> Int32? {
  let error = error as NSError
  if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
  return (error.userInfo[NSUnderlyingErrorKey] as? any Error).flatMap(systemErrorNumber)
}

private func systemMessage(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
