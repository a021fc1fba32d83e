import Foundation

extension Lab {
  /// Largest message that Open MPI sends without asking first, over TCP: more than any segment. A larger one is asked for, and the
  /// answer queues behind the data of its own connection: which of two ranks is first then decides whether they take turns.
  private static let eager = 1 << 20

  /// This program under `mpirun`, a rank after the other on the lab's hosts. Hosts talk TCP over their shaped ports only.
  ///
  /// - Parameters:
  ///   - network: three numbers of an IPv4 address.
  ///   - agent: takes an address and a command, and runs it on that host.
  func mpirun(network: String, agent: String, deadline: Int) throws -> [String] {
    let slots = (1...hosts).map { "\(network).\($0):\(ranksPerHost)" }.joined(separator: ",")
    let settings = [
      "plm_rsh_agent": agent, "btl": "tcp,vader,self", "pml": "ob1", "btl_tcp_if_include": "\(network).0/24",
      "oob_tcp_if_include": "\(network).0/24", "btl_tcp_eager_limit": "\(Lab.eager)",
      "btl_tcp_max_send_size": "\(Lab.eager)", "mpi_yield_when_idle": "1",
    ]
    let flags = settings.sorted { $0.key < $1.key }.flatMap { ["--mca", $0.key, $0.value] }
    let root = getuid() == 0 ? ["--allow-run-as-root"] : []
    return ["mpirun", "--timeout", "\(deadline)", "--host", slots, "--bind-to", "none"] + root + flags
      + [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")]
  }
}

/// Runs a world to its end and returns what its rank 0 reported. What it says to standard error is passed on.
///
/// - Errors: `BenchError` where it fails, or reports nothing.
func labRows(_ command: [String], deadline: Int) throws -> [LabRow] {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  // mpirun keeps its own deadline; this one is for mpirun.
  process.arguments = ["timeout", "--kill-after=5", "\(deadline + 10)"] + command
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw BenchError("\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
  }
  let lines = data.split(separator: 10).filter { $0.first == UInt8(ascii: "{") }
  let rows = try lines.map { try JSONDecoder().decode(LabRow.self, from: Data($0)) }
  guard !rows.isEmpty else { throw BenchError("\(command.joined(separator: " ")) printed no measurement") }
  return rows
}
