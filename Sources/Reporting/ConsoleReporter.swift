package import Foundation
import Quantities
package import Training

/// Tells a person what a run does: a block at the start, one line per logged step, a block at the end.
///
/// On a terminal the last line is a progress bar, redrawn in place; a pipe gets lines only. Not for several threads.
///
/// On a step's line, loss, gradient norm and learning rate are that step's own; the time per step, tokens/s and GFLOP/s are
/// means over the steps since the line before.
package final class ConsoleReporter {
  private let sink: (String) -> Void
  private let isTerminal: Bool
  private let width: Int
  private let logEvery: Int
  private let clock: () -> Date
  private var summary: RunSummary?
  private var window = StepWindow()
  /// The last step seen, until it has a line.
  private var pending: StepReport?
  private var hasLogged = false
  private var lastStep: StepReport?
  private var barIsDrawn = false
  private var barTime = Date.distantPast

  /// - Parameters:
  ///   - isTerminal: whether `sink` ends in a terminal that obeys carriage return and ANSI's "erase to the end of the line".
  ///   - width: columns of that terminal.
  ///   - logEvery: steps from one line to the next; the first and the last step always have one.
  ///   - clock: the time of day, for the lines that tell it and to spare the terminal needless redrawing.
  ///   - sink: takes pieces of text, line ends included; should write them at once.
  package init(
    isTerminal: Bool, width: Int, logEvery: Int, clock: @escaping () -> Date = { Date() },
    sink: @escaping (String) -> Void
  ) {
    (self.isTerminal, self.width, self.logEvery) = (isTerminal, width, max(1, logEvery))
    (self.clock, self.sink) = (clock, sink)
  }

  package func report(_ event: RunEvent) {
    switch event {
    case .began(let summary):
      self.summary = summary
      print(beginning(of: summary, at: clock()))
    case .step(let report): take(report)
    case .evaluated(let report): print([evaluationLine(report, of: summary)])
    case .saved(let step, let path): print([savedLine(step, path, of: summary)])
    case .note(let text): print(noteLines(text))
    case .ended(let totals):
      logPending()
      print(ending(totals, of: summary, at: clock()), isLast: true)
    }
  }

  /// Takes the bar away, for those who write to the same terminal next: an error, a sampled text.
  package func clear() {
    if barIsDrawn { sink(eraseLine) }
    barIsDrawn = false
  }
}

extension ConsoleReporter {
  private func take(_ report: StepReport) {
    window.add(report)
    (pending, lastStep) = (report, report)
    let isDue = !hasLogged || report.step.isMultiple(of: logEvery) || report.step == summary?.steps
    if isDue { logPending() } else { drawBar() }
  }

  /// The line of the last step that has none yet: also that of a run which ended before its planned last step.
  private func logPending() {
    guard let report = pending else { return }
    (pending, hasLogged) = (nil, true)
    let line = stepLine(report, window, of: summary)
    window = StepWindow()
    print([line])
  }

  /// Writes whole lines above the bar, in one piece so that a terminal does not flicker.
  private func print(_ lines: [String], isLast: Bool = false) {
    let text = lines.map { $0 + "\n" }.joined()
    sink(barIsDrawn ? eraseLine + text : text)
    barIsDrawn = false
    if !isLast { drawBar(isForced: true) }
  }

  /// At most ten times a second, unless a line has just pushed the bar away.
  private func drawBar(isForced: Bool = false) {
    guard isTerminal, let summary, let lastStep else { return }
    let now = clock()
    guard isForced || abs(now.timeIntervalSince(barTime)) >= 0.1 else { return }
    sink(eraseLine + ProgressBar(lastStep, of: summary).text(width: width))
    (barIsDrawn, barTime) = (true, now)
  }
}

/// Back to the first column, and everything to its right away.
private let eraseLine = "\r\u{1B}[K"
