import EventSimulation
package import Quantities

/// Runs of checkpointed training played through in simulated time, with a clock of its own for every unit that can fail: what the closed
/// form of `Goodput` is held against.
///
/// - Ignores: what `FailureRate` ignores. A unit that failed is replaced at once by one of the same rate.
package struct FailureSimulation: Sendable {
  /// One run, until its checkpoints are written.
  package struct Outcome: Hashable, Sendable {
    package var wall = SimDuration.zero
    /// Thrown away, and spent on restarting.
    package var lost = SimDuration.zero
    package var restarting = SimDuration.zero
    package var failures = 0
  }

  private enum Event: Hashable {
    case failure(unit: Int)
    /// The segment, or the restart, of this number has ended, unless a failure came first.
    case finished(Int)
  }

  private let run: CheckpointedRun
  private let units: Int
  private let checkpoints: Int

  /// - Parameters:
  ///   - run: its failures are of the whole job, and are shared out equally over the units.
  ///   - checkpoints: written by one run.
  /// - Errors: `EstimateError` for no units, no checkpoints, or a run longer than the simulated clock's 100 days.
  package init(_ run: CheckpointedRun, units: Int, checkpoints: Int) throws(EstimateError) {
    guard units > 0, checkpoints > 0 else {
      throw EstimateError(
        key: "simulation", value: "\(units) units, \(checkpoints) checkpoints", reason: "has nothing to play",
        way: "give one unit and one checkpoint at least")
    }
    let expected = Goodput(run).segmentSeconds * Double(checkpoints)
    guard expected < Self.horizon / 1.5 else {
      throw EstimateError(
        key: "simulation", value: "\(checkpoints) checkpoints",
        reason: "takes \(withTimeUnit(expected)) on average, and the clock ends after 100 days",
        way: "simulate fewer checkpoints in each of more runs")
    }
    (self.run, self.units, self.checkpoints) = (run, units, checkpoints)
  }

  /// Seconds after which no failure is scheduled: the clock counts picoseconds.
  private static let horizon = 8.64e6

  /// Independent runs, each from a seed of its own.
  ///
  /// - Errors: `EstimateError` for a run that outlives the clock.
  package func outcomes(runs: Int, seed: UInt64) throws(EstimateError) -> [Outcome] {
    var outcomes: [Outcome] = []
    for number in 0..<runs {
      var state = State(run, units: units, seed: seed &+ UInt64(number), horizon: Self.horizon)
      outcomes.append(try state.play(checkpoints: checkpoints))
    }
    return outcomes
  }
}

extension FailureSimulation {
  /// A run in progress.
  private struct State {
    private let run: CheckpointedRun
    private let horizon: Double
    /// Mean seconds between failures of one unit; nil where none fail.
    private let between: Double?
    private var queue = EventQueue<Event>()
    private var draws: RandomDraws
    private var outcome = Outcome()
    /// Of the work or the restart that is going on.
    private var number = 0
    private var began = SimInstant.start
    private var isRestarting = false

    init(_ run: CheckpointedRun, units: Int, seed: UInt64, horizon: Double) {
      (self.run, self.horizon, draws) = (run, horizon, RandomDraws(seed: seed))
      between = run.failures.perSecond > 0 ? Double(units) / run.failures.perSecond : nil
      for unit in 0..<units { scheduleFailure(of: unit) }
    }

    private mutating func scheduleFailure(of unit: Int) {
      guard let between else { return }
      let delay = draws.exponential(mean: between)
      guard queue.now.sinceStart.seconds + delay < horizon else { return }
      queue.schedule(.failure(unit: unit), after: SimDuration(seconds: delay))
    }

    private mutating func begin(restarting: Bool) {
      (isRestarting, began) = (restarting, queue.now)
      number += 1
      queue.schedule(.finished(number), after: restarting ? run.restart : run.step * run.interval + run.write)
    }

    mutating func play(checkpoints: Int) throws(EstimateError) -> Outcome {
      var written = 0
      begin(restarting: false)
      while written < checkpoints, let event = queue.next() {
        switch event {
        case .failure(let unit):
          fail()
          scheduleFailure(of: unit)
        case .finished(let ended) where ended == number: written += finish()
        case .finished: break
        }
        guard queue.now.sinceStart.seconds < horizon else { throw tooLong(checkpoints) }
      }
      outcome.wall = queue.now.sinceStart
      return outcome
    }

    private mutating func fail() {
      outcome.failures += 1
      spend()
      begin(restarting: true)
    }

    /// - Returns: checkpoints that have just been written.
    private mutating func finish() -> Int {
      let written = isRestarting ? 0 : 1
      if isRestarting { spend() }
      begin(restarting: false)
      return written
    }

    private mutating func spend() {
      let time = queue.now - began
      if isRestarting { outcome.restarting += time } else { outcome.lost += time }
    }

    private func tooLong(_ checkpoints: Int) -> EstimateError {
      EstimateError(
        key: "simulation", value: "\(checkpoints) checkpoints", reason: "a run outlived the clock's 100 days",
        way: "simulate fewer checkpoints, or rarer failures")
    }
  }
}
