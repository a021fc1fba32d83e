import Mesh

/// What `mpirun` writes to standard error: the ranks' own lines pass through; its framed notices become one line that names the
/// rank, or nothing where a rank has spoken for itself.
final class LaunchMessages {
  private let mesh: Mesh
  private var partial = ""
  private var notice: [String]?
  private var spoke = false
  private var causes: [String] = []
  private var unnamed = false

  init(mesh: Mesh) { self.mesh = mesh }

  /// The text to show for a piece of standard error.
  func pass(_ text: String) -> String {
    var lines = (partial + text).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    partial = lines.removeLast()
    return lines.compactMap(line).map { $0 + "\n" }.joined()
  }

  /// What is left to say when everything has ended.
  func close() -> String {
    let rest = partial.isEmpty ? "" : partial + "\n"
    guard !spoke else { return rest }
    // A notice without a name says nothing beside one that has it.
    let said = causes.isEmpty && unnamed ? ["a rank ended with an error; all ranks were stopped"] : causes
    return rest + said.map { "orrery: error: \($0)\n" }.joined()
  }

  private func line(_ text: String) -> String? {
    if text.hasPrefix("-----") {
      if let notice { end(notice) }
      notice = notice == nil ? [] : nil
      return nil
    }
    guard notice == nil else {
      notice!.append(text)
      return nil
    }
    if text.hasPrefix("orrery: error:") { spoke = true }
    return isEcho(text) ? nil : text
  }

  /// `[host:1234] …` is the library's own voice: its count of suppressed notices, and what it stumbles over while all end.
  private func isEcho(_ text: String) -> Bool {
    guard text.prefixMatch(of: /\[[^\]]+:\d+\]\s/) != nil else { return false }
    return spoke || ["more process", "orte_base_help_aggregate", "ORTE_ERROR_LOG"].contains { text.contains($0) }
  }

  private func end(_ lines: [String]) {
    let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
    if let match = text.firstMatch(
      of: /process rank (\d+) with PID \d+ on node \S+ exited on signal (\d+)( \([^)]*\))?/),
      let rank = Int(match.1), rank < mesh.count
    {
      causes.append("\(mesh.describe(rank)): ended by signal \(match.2)\(match.3 ?? ""); all ranks were stopped")
    } else if text.contains("normally, but") || text.contains("non-zero") || text.contains("MPI_ABORT") {
      unnamed = true
    } else {
      causes.append("mpirun: \(text)")
    }
  }
}
