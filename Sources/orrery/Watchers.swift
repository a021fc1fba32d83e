import Configuration
import Reporting
import Training

/// Those who watch a run: the console, and a file of metrics where one is asked for. Ranks other than the first have none.
struct Watchers {
  private let console: ConsoleReporter?
  private let metrics: MetricsFile?
  private let screen = Screen()

  init(_ configuration: RunConfiguration, _ start: StartOptions, active: Bool) throws {
    guard active else {
      (console, metrics) = (nil, nil)
      return
    }
    console = ConsoleReporter(
      isTerminal: start.terminalWidth != nil, width: start.terminalWidth ?? 100,
      logEvery: configuration.metrics.logFrequency
    ) { [screen] text in screen.show(text) }
    metrics = try configuration.metrics.file.map { try MetricsFile(path: $0) }
  }

  func observe(_ event: RunEvent) throws {
    console?.report(event)
    try screen.check()
    try metrics?.report(event)
  }

  /// What is said on the console after a run's end.
  func conclude(_ text: String) throws {
    if console != nil { try StandardOutput.print(text) }
  }
}

/// Standard output for a reporter that cannot throw: the first refusal is kept until somebody asks.
private final class Screen {
  private var refusal: StandardOutput.Refusal?

  func show(_ text: String) {
    guard refusal == nil else { return }
    do { try StandardOutput.write(text) } catch { refusal = error }
  }

  /// - Errors: the refusal, if there was one.
  func check() throws(StandardOutput.Refusal) { if let refusal { throw refusal } }
}
