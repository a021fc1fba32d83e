import Dispatch
import Foundation
import Mesh
import Synchronization

/// Starts this very command again under `mpirun`, as many times as the layout has ranks, and says in one line what ended it.
struct Launcher {
  var ranks: Int
  var mesh: Mesh

  /// - Returns: the exit code of the run.
  func run() throws -> Int32 {
    let process = Process()
    process.executableURL = try mpirun()
    process.arguments = flags + [try executable()] + CommandLine.arguments.dropFirst() + terminal
    let (output, errors) = (Pipe(), Pipe())
    (process.standardOutput, process.standardError) = (output, errors)
    let filter = LaunchMessages(mesh: mesh)
    try process.run()
    let interruption = Interruption(of: process)
    let relay = OutputRelay(output, of: process)
    while case let data = errors.fileHandleForReading.availableData, !data.isEmpty {
      StandardError.write(filter.pass(String(decoding: data, as: UTF8.self)))
    }
    process.waitUntilExit()
    if try relay.finish() { return 128 + SIGPIPE }
    if let code = interruption.exitCode { return code }
    StandardError.write(filter.close())
    return process.terminationReason == .uncaughtSignal ? Failure.Code.software.rawValue : process.terminationStatus
  }

  private var flags: [String] {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    var flags = ["-np", "\(ranks)", "--bind-to", ranks <= cores ? "core" : "none"]
    if ranks > cores { flags += ["--oversubscribe", "--mca", "mpi_yield_when_idle", "1"] }
    if isRoot { flags.append("--allow-run-as-root") }
    return flags
  }

  private var isRoot: Bool { getuid() == 0 }

  /// Ranks see a pipe; they are told what this process sees.
  private var terminal: [String] { terminalColumns().map { ["--terminal-width", "\($0)"] } ?? [] }

  private func executable() throws -> String {
    try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  }

  private func mpirun() throws -> URL {
    let paths = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let places = paths.map { URL(filePath: String($0)).appending(path: "mpirun") }
    guard
      let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) })
    else {
      throw Failure(
        code: .software,
        text:
          "mpirun is not installed; on Debian or Ubuntu: apt-get install openmpi-bin libopenmpi-dev, or use --transport threads"
      ).error
    }
    return found
  }
}

/// Passes the signals that end a command on to `mpirun`, which runs in a process group of its own: a terminal's Ctrl-C reaches
/// this process alone, and the ranks would go on unseen.
private final class Interruption: Sendable {
  private let received = Atomic<Int32>(0)

  init(of process: Process) {
    let child = process.processIdentifier
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Only now that mpirun runs: it would inherit that they are ignored.
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { [self] in
        received.store(number, ordering: .relaxed)
        kill(child, SIGTERM)
        _ = source
      }
      source.resume()
    }
  }

  /// As shells report it; nil where nobody interrupted.
  var exitCode: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : 128 + number
  }
}

/// Columns of the terminal on standard output; nil for a pipe or a file.
func terminalColumns() -> Int? {
  guard isatty(STDOUT_FILENO) == 1 else { return nil }
  var size = winsize()
  return unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
}
