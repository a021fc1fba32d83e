import Foundation

/// An entry of a directory that is not part of the corpus.
package struct SkippedEntry: Hashable, Sendable, CustomStringConvertible {
  package var path: String
  package var reason: String

  package var description: String { "\(path): \(reason)" }
}

/// The text files of a directory, one level deep, by name.
///
/// Left out: hidden files, directories, files with a NUL among their first 8,000 bytes (as git tells binary files;
/// the `.dat` indices of fortunes are such), links to a file that is taken already, and `prepare`'s own output.
struct DirectoryListing {
  private(set) var texts: [String] = []
  private(set) var skipped: [SkippedEntry] = []
  private let directory: URL

  /// - Errors: a directory that cannot be read or has no text file.
  init(_ path: String) throws(CorpusError) {
    let names = try attempting(path, "cannot be listed", hint: "check the path") {
      try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }
    directory = URL(fileURLWithPath: path)
    // Files before links, so that of a file and a link to it the file is taken, whichever name comes first.
    var taken: Set<String> = []
    for name in names.filter({ !isLink($0) }) + names.filter(isLink) { try examine(name, in: path, &taken) }
    texts.sort()
    guard !texts.isEmpty else {
      throw CorpusError(
        file: path, reason: "has no text file among its \(names.count) entries",
        hint: "name a directory of text files; directories inside it are not searched")
    }
  }

  private func isLink(_ name: String) -> Bool {
    fileType(directory.appendingPathComponent(name).path) == .typeSymbolicLink
  }

  private mutating func examine(_ name: String, in path: String, _ taken: inout Set<String>) throws(CorpusError) {
    let file = path.hasSuffix("/") ? path + name : "\(path)/\(name)"
    let target = directory.appendingPathComponent(name).resolvingSymlinksInPath().path
    if let reason = try reasonToSkip(name, file) {
      skipped.append(SkippedEntry(path: file, reason: reason))
    } else if !taken.insert(target).inserted {
      skipped.append(SkippedEntry(path: file, reason: "a link to a file that is read already"))
    } else {
      texts.append(file)
    }
  }

  private func reasonToSkip(_ name: String, _ file: String) throws(CorpusError) -> String? {
    if name.hasPrefix(".") { return "hidden" }
    if name == PreparedCorpus.tokenizerName { return "a tokenizer, not text" }
    if name == Checksums.name { return "checksums, not text" }
    if isDirectory(file) { return "a directory" }
    let beginning = try attempting(file, "cannot be read", hint: "remove it, or name the files one by one") {
      try FileHandle(forReadingFrom: URL(fileURLWithPath: file)).read(upToCount: 8000)
    }
    return beginning?.contains(0) == true ? "binary" : nil
  }
}

/// What is at a path, links not followed; nil for nothing.
func fileType(_ path: String) -> FileAttributeType? {
  (try? FileManager.default.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
}

/// Whether a path is a directory, or a link to one.
func isDirectory(_ path: String) -> Bool {
  fileType(URL(fileURLWithPath: path).resolvingSymlinksInPath().path) == .typeDirectory
}
