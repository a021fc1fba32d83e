import Foundation

/// A file that a schedule comes from or goes to.
struct ScheduleFile {
  var path: String

  init(_ path: String) { self.path = path }

  /// - Errors: the system's reason, as a failure of the data.
  func read() throws -> String {
    do {
      if Self.type(path) == .typeDirectory { throw CocoaError(.fileWriteInvalidFileName) }
      // A handle reads pipes too.
      let data = try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data()
      return String(decoding: data, as: UTF8.self)
    } catch {
      throw Failure(
        code: .data, text: "\(path): cannot be read: \(Self.reason(error)); name a file of rows such as 0F0,0B0"
      ).error
    }
  }

  /// The file appears complete or not at all; a device, such as /dev/null, is written to as it is.
  ///
  /// - Errors: the system's reason, as a failure of the output.
  func write(_ text: String) throws {
    do {
      let type = Self.type(path)
      if type == .typeDirectory { throw CocoaError(.fileWriteInvalidFileName) }
      let isReplaceable = type == nil || type == .typeRegular
      try Data(text.utf8).write(to: URL(filePath: path), options: isReplaceable ? .atomic : [])
    } catch {
      throw Failure(
        code: .output,
        text: "\(path): cannot be written: \(Self.reason(error)); the directory must exist and be writable"
      ).error
    }
  }

  /// Nil where there is nothing.
  private static func type(_ path: String) -> FileAttributeType? {
    try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or directory"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteInvalidFileName: "it is a directory"
    case .fileWriteOutOfSpace: "no space left on the device"
    default: error.localizedDescription
    }
  }
}
