import Foundation

/// What Open MPI's own monitoring counted: an independent witness of every byte between ranks.
struct Monitoring {
  /// Bytes of the program's own point-to-point messages, by sender; the library's messages for its collectives are apart.
  private(set) var external: [Int: Int] = [:]
  private(set) var internalBytes = 0

  static func flags(_ prefix: String) -> [String] {
    // 2: tell the program's messages from the library's. 3: write to the file.
    let values = [
      ("pml_monitoring_enable", "2"), ("pml_monitoring_enable_output", "3"), ("pml_monitoring_filename", prefix),
    ]
    return values.flatMap { ["--mca", $0.0, $0.1] }
  }

  /// Reads the file of every rank: lines such as `E  0  1  285120 bytes  96 msgs sent`.
  ///
  /// - Errors: a rank that left no file.
  init(_ scratch: Scratch, _ prefix: String, ranks: Int) throws {
    for rank in 0..<ranks {
      let name = "\(prefix).\(rank).prof"
      guard scratch.exists(name) else {
        throw JobError("Open MPI's monitoring left no \(name): is its pml_monitoring component installed?")
      }
      for line in try scratch.text(name).split(separator: "\n") { try count(line, of: rank) }
    }
  }

  var total: Int { external.values.reduce(0, +) }

  private mutating func count(_ line: Substring, of rank: Int) throws {
    guard ["E\t", "I\t"].contains(where: line.hasPrefix) else { return }
    guard let match = line.firstMatch(of: /^[EI]\t(\d+)\t\d+\t(\d+) bytes\t/), match.1 == "\(rank)",
      let bytes = Int(match.2)
    else { throw JobError("a line of an unknown form in the monitoring of rank \(rank): \(line)") }
    if line.hasPrefix("E") { external[rank, default: 0] += bytes } else { internalBytes += bytes }
  }
}
