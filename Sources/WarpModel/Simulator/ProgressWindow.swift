/// The later part of a stream of blocks, in which the machine runs steadily: it neither fills nor runs dry.
struct ProgressWindow {
  /// What adds up with time, at one clock.
  struct Moment {
    var clock: Int, done: Int
    var counters: SMCounters
  }

  private let first: Int, last: Int
  private(set) var done = 0
  private(set) var begin: Moment?
  private(set) var end: Moment?

  /// - Parameter resident: blocks that run side by side; they may be done all at once.
  init(blocks: Int, resident: Int) {
    let waves = blocks / resident
    (first, last) = (resident * (waves / 4), resident * (waves * 3 / 4))
  }

  /// Counts a block.
  ///
  /// - Returns: whether this moment is to be noted.
  mutating func advance() -> Bool {
    done += 1
    return done == first || done == last
  }

  mutating func note(_ clock: Int, _ counters: SMCounters) {
    let moment = Moment(clock: clock, done: done, counters: counters)
    if begin == nil { begin = moment } else { end = moment }
  }

  /// Adds `blocks` more at the pace of the window.
  func extend(_ run: inout SMRun, by blocks: Int) {
    guard let begin, let end, end.done > begin.done else { return }
    let factor = Double(blocks) / Double(end.done - begin.done)
    run.cycles += factor * Double(end.clock - begin.clock)
    run.counters.extend(by: factor, from: begin.counters, to: end.counters)
  }
}

extension SMState {
  mutating func countBlock(_ clock: Int) {
    guard blockWindow.advance() else { return }
    settleAll(clock)
    blockWindow.note(clock, counters)
  }

  mutating func settleAll(_ clock: Int) {
    for scheduler in schedulers.indices { settle(scheduler, clock) }
  }
}
