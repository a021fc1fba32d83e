import Foundation

/// A command at work in a scratch folder. All that it starts works there too, and so can be found whoever its parent is.
final class Job {
  let scratch: Scratch
  private let process = Process()
  private let command: String
  private let deadline: ContinuousClock.Instant

  /// Starts a command; `deadline` bounds its whole life.
  init(
    _ command: [String], in scratch: Scratch, environment: [String: String] = [:], deadline: Duration = .seconds(60)
  ) throws {
    (self.scratch, self.command, self.deadline) = (scratch, command.joined(separator: " "), .now + deadline)
    process.executableURL = URL(filePath: command[0])
    process.arguments = Array(command.dropFirst())
    process.currentDirectoryURL = scratch.url
    process.environment = Job.inherited.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    // Files, not pipes: a pipe stays open as long as any grandchild does.
    process.standardOutput = try scratch.create(Scratch.outputName)
    process.standardError = try scratch.create(Scratch.errorName)
    try receivingSignals { try process.run() }
  }

  /// What a user's shell holds, without what a launcher of these tests may have left in it.
  private static let inherited = ProcessInfo.processInfo.environment.filter { name, _ in
    !["COLUMNS", "LINES"].contains(name) && !["OMPI_", "PMIX_", "PMI_", "SLURM_"].contains { name.hasPrefix($0) }
  }

  /// The process that was started itself; what it started in turn is found by the folder.
  var launcher: Int32 { process.processIdentifier }

  /// Waits for the end.
  ///
  /// - Errors: none within the deadline; all is killed then.
  func finish() async throws -> Outcome {
    try await wait(for: "its end") { !process.isRunning }
    return Outcome(
      command: command, status: process.terminationStatus, bySignal: process.terminationReason == .uncaughtSignal,
      output: try scratch.text(Scratch.outputName), errors: try scratch.text(Scratch.errorName))
  }

  /// Waits until something holds.
  ///
  /// - Errors: it did not within the job's deadline; the job is killed then.
  func wait(for what: String, until holds: () throws -> Bool) async throws {
    while try !holds() {
      guard ContinuousClock.now < deadline else {
        scratch.killAll()
        let errors = try scratch.text(Scratch.errorName)
        throw JobError("\(command): no sign of \(what) within the deadline\n\(errors)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }
}

/// A process inherits which signals its starter's thread blocks, and the threads of Swift's pool block those that end a command.
private func receivingSignals(_ start: () throws -> Void) rethrows {
  var (none, before) = (sigset_t(), sigset_t())
  sigemptyset(&none)
  pthread_sigmask(SIG_SETMASK, &none, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  try start()
}

/// How a command ended.
struct Outcome: CustomStringConvertible {
  var command: String
  var status: Int32
  var bySignal: Bool
  var output, errors: String

  /// What the program itself has to say of errors.
  var errorLines: [Substring] { errors.split(separator: "\n").filter { $0.hasPrefix("orrery: error: ") } }

  var description: String { "\(command)\nended \(bySignal ? "by signal" : "with code") \(status)\n\(errors)" }
}

struct JobError: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
