import Foundation

/// Runs a command to its end and returns what it printed, as JSON lines of one type.
///
/// - Errors: `BenchError` where the command is missing, fails, or prints no such line.
func jsonLines<Row: Decodable>(_ command: [String], as type: Row.Type) throws -> [Row] {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  let output = Pipe()
  process.standardOutput = output
  process.standardError = Pipe()
  try process.run()
  let data = (try? output.fileHandleForReading.readToEnd()) ?? Data()
  process.waitUntilExit()
  guard process.terminationStatus == 0 else {
    throw BenchError("\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
  }
  let rows = data.split(separator: 10).compactMap { try? JSONDecoder().decode(Row.self, from: Data($0)) }
  guard !rows.isEmpty else { throw BenchError("\(command.joined(separator: " ")) printed no measurement") }
  return rows
}

struct BenchError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// This program under `mpirun`, bound to cores where there are enough.
func mpirun(ranks: Int, _ arguments: [String]) throws -> [String] {
  let cores = ProcessInfo.processInfo.activeProcessorCount
  var flags = ["mpirun", "-np", "\(ranks)", "--bind-to", ranks <= cores ? "core" : "none"]
  if ranks > cores { flags += ["--oversubscribe", "--mca", "mpi_yield_when_idle", "1"] }
  if getuid() == 0 { flags.append("--allow-run-as-root") }
  return flags + [try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")] + arguments
}

/// Median, least and most of several measurements.
struct Spread: Codable {
  var median, low, high: Double

  init(_ values: [Double]) {
    let sorted = values.sorted()
    (median, low, high) = (sorted[sorted.count / 2], sorted[0], sorted[sorted.count - 1])
  }

  func text(_ format: String) -> String {
    String(format: "\(format) (\(format)–\(format))", median, low, high)
  }
}

/// Writes results as JSON with sorted keys, where a file is asked for.
func write(_ results: some Encodable, to file: String?) throws {
  guard let file else { return }
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
  try encoder.encode(results).write(to: URL(filePath: file))
}
