import Foundation

/// A process, as `/proc` shows it.
struct Worker: Hashable, CustomStringConvertible {
  var id: Int32
  /// Its rank in Open MPI's world; nil for launchers.
  var rank: Int?
  var command: String

  var description: String { "\(id) \(command)" }
}

/// The processes whose current directory is `folder`, zombies left out.
func workers(in folder: URL) -> [Worker] {
  let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
  return entries.compactMap { Int32($0) }.sorted().compactMap { worker($0, in: folder) }
}

private func worker(_ id: Int32, in folder: URL) -> Worker? {
  let place = "/proc/\(id)"
  // A zombie has no directory any more.
  guard let current = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(place)/cwd"),
    URL(filePath: current).standardizedFileURL.path == folder.standardizedFileURL.path
  else { return nil }
  let prefix = "OMPI_COMM_WORLD_RANK="
  let rank = fields(of: "\(place)/environ").first { $0.hasPrefix(prefix) }
  return Worker(
    id: id, rank: rank.flatMap { Int($0.dropFirst(prefix.count)) },
    command: fields(of: "\(place)/cmdline").prefix(4).joined(separator: " "))
}

private func fields(of path: String) -> [String] {
  guard let data = FileManager.default.contents(atPath: path) else { return [] }
  return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
}
