import Foundation

/// Files that appear under their names complete, all of them or none.
package enum AtomicFiles {
  /// Writes every file under a temporary name beside its own, flushes it to the disk, and renames them all at the end.
  ///
  /// - Errors: the first file that could not be written, with the system's reason; nothing of the set is left then.
  package static func write(_ files: [(path: String, contents: [UInt8])]) throws(CorpusError) {
    for file in files { try refuseIrregular(file.path) }
    var staged: [String] = []
    defer { remove(staged) }
    for file in files {
      let temporary = temporaryPath(for: file.path)
      try create(temporary, for: file.path)
      staged.append(temporary)
      try fill(temporary, with: file.contents, for: file.path)
    }
    try rename(staged, to: files.map(\.path))
  }

  /// Writes `contents` into an existing file or device and flushes them; failures are told of `path`.
  ///
  /// - Errors: the system's reason, such as a full disk.
  package static func fill(_ file: String, with contents: [UInt8], for path: String) throws(CorpusError) {
    try attempting(path, "cannot be written", hint: "free some space, or choose another place for the output") {
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
      defer { try? handle.close() }
      try handle.write(contentsOf: contents)
      try handle.synchronize()
    }
  }

  /// Hidden, so that the directory reader never takes a leftover of a killed process for text.
  private static func temporaryPath(for path: String) -> String {
    let url = URL(fileURLWithPath: path)
    let name = ".\(url.lastPathComponent).\(UUID().uuidString.prefix(8)).partial"
    return url.deletingLastPathComponent().appendingPathComponent(name).path
  }

  private static func create(_ temporary: String, for path: String) throws(CorpusError) {
    try attempting(path, "cannot be created", hint: "the directory must exist and be writable") {
      try Data().write(to: URL(fileURLWithPath: temporary), options: .withoutOverwriting)
    }
  }

  /// A rename would replace a device, and fail on a directory when other files are already in place.
  private static func refuseIrregular(_ path: String) throws(CorpusError) {
    guard let type = fileType(path) else { return }
    guard [.typeRegular, .typeSymbolicLink].contains(type) else {
      throw CorpusError(
        file: path, reason: "exists and is not a regular file", hint: "choose another place for the output")
    }
  }

  /// A set that is new in part and old in part would train on one corpus and validate on another: none is better.
  private static func rename(_ staged: [String], to paths: [String]) throws(CorpusError) {
    for (index, (from, to)) in zip(staged, paths).enumerated() {
      let status = unsafe Foundation.rename(from, to)
      guard status != 0 else { continue }
      let failure = NSError(domain: NSPOSIXErrorDomain, code: Int(errno))
      remove(Array(paths[..<index]))
      throw CorpusError(file: to, "cannot be put in place", failure, hint: "choose another place for the output")
    }
  }

  private static func remove(_ paths: [String]) {
    for path in paths { try? FileManager.default.removeItem(atPath: path) }
  }
}
