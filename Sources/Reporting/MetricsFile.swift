package import Foundation
package import Training

/// A run's events as JSON lines, appended to a file; `MetricsLine` has the schema.
///
/// Each line goes to the system in one piece as soon as its event is reported: a run that is killed leaves all its lines. A
/// line that was cut off all the same is dropped when the file is opened again. A run that resumes after step k first drops
/// the lines of later steps, so that the curve has each step once; a run from step 0 adds to what is there.
package final class MetricsFile {
  package let path: String
  private let clock: () -> Date
  private var output: FileHandle
  private var lastStep: Int?

  /// Creates the file, or opens an older one to go on with.
  ///
  /// - Errors: `MetricsError` for a path that cannot be written, and for a file that holds something else.
  package init(path: String, clock: @escaping () -> Date = { Date() }) throws(MetricsError) {
    (self.path, self.clock) = (path, clock)
    output = try openForAppending(path)
    try rewrite { $0 }
  }

  /// Appends the event's line.
  ///
  /// - Errors: `MetricsError` when the system refuses, as on a full disk; no part of the line stays behind.
  package func report(_ event: RunEvent) throws(MetricsError) {
    try prepare(for: event)
    let line = MetricsLine(event, step: lastStep, time: clock()).bytes
    let end = try? output.seekToEnd()
    do { try output.write(contentsOf: line) } catch {
      if let end { try? output.truncate(atOffset: end) }
      throw MetricsError(file: path, "cannot be written", error)
    }
  }

  private func prepare(for event: RunEvent) throws(MetricsError) {
    switch event {
    case .began(let summary) where summary.firstStep > 0:
      try rewrite { history in history.filter { $0.step <= summary.firstStep } }
      lastStep = summary.firstStep
    case .step(let report): lastStep = report.step
    default: break
    }
  }

  /// Puts another selection of the file's lines in its place: whole and in one step, or not at all.
  private func rewrite(_ select: ([PastLine]) -> [PastLine]) throws(MetricsError) {
    guard isRegularFile(path) else { return }
    // A link stays a link: the file that it names is the one replaced.
    let file = URL(fileURLWithPath: path).resolvingSymlinksInPath()
    let old: Data
    do { old = try Data(contentsOf: file) } catch { throw MetricsError(file: path, "cannot be read", error) }
    let new = Data(try select(pastLines(of: old, in: path)).map { $0.text + [newline] }.joined())
    guard new != old else { return }
    do { try new.write(to: file, options: .atomic) } catch {
      throw MetricsError(file: path, "cannot be rewritten", error)
    }
    output = try openForAppending(path)
  }
}

/// Every write goes to the end of the file, wherever another process left it.
private func openForAppending(_ path: String) throws(MetricsError) -> FileHandle {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw MetricsError(file: path, "cannot be opened for writing", code: errno) }
  return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
}

/// Devices and pipes are written to, never read.
private func isRegularFile(_ path: String) -> Bool {
  let file = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
  let type = try? FileManager.default.attributesOfItem(atPath: file)[.type] as? FileAttributeType
  return type == .typeRegular
}
