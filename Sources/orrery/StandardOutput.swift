import Foundation

/// Where commands say what they have found.
///
/// A text goes to the system at once, so that a run can be watched through a pipe. One that the system does not take is an error: whoever
/// reads the output would miss it. A reader that has gone, as `head` does, ends the program by a signal before that.
enum StandardOutput {
  /// A refusal of the system.
  struct Refusal: Error, CustomStringConvertible {
    var code: Int32

    var description: String {
      "standard output: cannot be written: \(unsafe String(cString: strerror(code))) (errno \(code))"
    }
  }

  /// Writes a text and the end of its line.
  static func print(_ text: String) throws(Refusal) { try write(text + "\n") }

  static func write(_ text: String) throws(Refusal) { try write(Data(text.utf8)) }

  static func write(_ bytes: Data) throws(Refusal) {
    do { try FileHandle.standardOutput.write(contentsOf: bytes) } catch { throw Refusal(code: systemCode(error)) }
  }

  /// Foundation wraps the system's number in errors of its own; the innermost one counts.
  private static func systemCode(_ error: any Error) -> Int32 {
    let error = error as NSError
    return (error.userInfo[NSUnderlyingErrorKey] as? any Error).map(systemCode) ?? Int32(error.code)
  }
}

/// Where errors and notes go; if even that is refused, nobody is left to be told.
enum StandardError {
  static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }
}
