import Foundation

/// A file open for writing under a temporary name; failures are told of the path that it will have.
struct OpenedFile {
  fileprivate let handle: FileHandle
  fileprivate let path: String

  func write(_ bytes: [UInt8]) throws(ChromeTraceError) {
    do { try handle.write(contentsOf: bytes) } catch { throw ChromeTraceError(path, "cannot be written", error) }
  }
}

/// Has `body` write a file beside `path`, and puts it there when it is whole. A link stays a link: the file that it names is
/// the one replaced.
///
/// - Errors: the body's, and the system's refusals; the place is as it was then, and nothing lies beside it.
func replaceFile(
  _ path: String, _ body: (OpenedFile) throws(ChromeTraceError) -> Void
) throws(ChromeTraceError) {
  let target = URL(fileURLWithPath: path).resolvingSymlinksInPath()
  try refuseIrregular(target, path)
  let name = ".\(target.lastPathComponent.prefix(100)).\(UUID().uuidString.prefix(8)).partial"
  let temporary = target.deletingLastPathComponent().appendingPathComponent(name).path
  let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw ChromeTraceError(path, "cannot be created", code: errno) }
  // After the renaming there is nothing of this name.
  defer { try? FileManager.default.removeItem(atPath: temporary) }
  let file = OpenedFile(handle: FileHandle(fileDescriptor: descriptor, closeOnDealloc: true), path: path)
  try body(file)
  do {
    try file.handle.synchronize()
    try file.handle.close()
  } catch { throw ChromeTraceError(path, "cannot be written", error) }
  guard unsafe rename(temporary, target.path) == 0 else {
    throw ChromeTraceError(path, "cannot be put in place", code: errno)
  }
}

/// A rename would replace a device, and fail on a folder only when all the work is done.
private func refuseIrregular(_ target: URL, _ path: String) throws(ChromeTraceError) {
  let type = try? FileManager.default.attributesOfItem(atPath: target.path)[.type] as? FileAttributeType
  switch type {
  case nil, .typeRegular: return
  case .typeDirectory: throw ChromeTraceError(path, "cannot be created", code: EISDIR)
  default:
    throw ChromeTraceError(
      file: path, reason: "exists and is not a regular file", hint: "Choose another path for the trace.")
  }
}
