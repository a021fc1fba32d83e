import Configuration
import Foundation
import Reporting
import Training

/// Those who watch a run: the console, and a file of metrics where one is asked for. Ranks other than the first have none.
struct Watchers {
  private let console: ConsoleReporter?
  private let metrics: MetricsFile?

  init(_ configuration: RunConfiguration, _ start: StartOptions, active: Bool) throws {
    guard active else {
      (console, metrics) = (nil, nil)
      return
    }
    console = ConsoleReporter(
      isTerminal: start.terminalWidth != nil, width: start.terminalWidth ?? 100,
      logEvery: configuration.metrics.logFrequency
    ) { text in FileHandle.standardOutput.write(Data(text.utf8)) }
    metrics = try configuration.metrics.file.map { try MetricsFile(path: $0) }
  }

  func observe(_ event: RunEvent) throws {
    console?.report(event)
    try metrics?.report(event)
  }

  /// What is said on the console after a run's end.
  func conclude(_ text: String) {
    guard console != nil else { return }
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
