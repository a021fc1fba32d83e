import Foundation

/// A text file that is read whole, or appears whole.
package struct TextFile {
  private let path: String
  package init(_ path: String) { self.path = path }

  /// Whether something is there that writing would replace.
  package var isRegular: Bool { type == .typeRegular }

  private var isDirectory: Bool {
    let target = URL(filePath: path).resolvingSymlinksInPath()
    return (try? target.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
  }

  private var type: FileAttributeType? {
    try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  /// - Errors: `MeasurementError` with the path and the system's reason.
  package func read() throws(MeasurementError) -> String {
    guard !isDirectory else { throw MeasurementError("\(path): cannot be read: it is a directory") }
    do {
      // A handle reads pipes too.
      let data = try FileHandle(forReadingFrom: URL(filePath: path)).readToEnd() ?? Data()
      guard let text = String(data: data, encoding: .utf8) else { throw MeasurementError("\(path): is not UTF-8 text") }
      return text
    } catch let error as MeasurementError { throw error } catch {
      throw MeasurementError("\(path): cannot be read: \(reason(error))")
    }
  }

  /// The file appears complete or not at all; a device, such as /dev/null, is written to as it is.
  ///
  /// - Errors: `MeasurementError` with the path and the system's reason.
  package func write(_ text: String) throws(MeasurementError) {
    guard !isDirectory else { throw MeasurementError("\(path): cannot be written: it is a directory") }
    do {
      let isReplaceable = type == nil || type == .typeRegular
      try Data(text.utf8).write(to: URL(filePath: path), options: isReplaceable ? .atomic : [])
    } catch { throw MeasurementError("\(path): cannot be written: \(reason(error))") }
  }

  private func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file or directory"
    case .fileReadNoPermission, .fileWriteNoPermission: "permission denied"
    case .fileWriteInvalidFileName: "it is a directory"
    case .fileWriteOutOfSpace: "no space left on the device"
    default: error.localizedDescription
    }
  }
}
