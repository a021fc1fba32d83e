import Foundation
import Planning
import Quantities
import Testing

/// Mean of what was seen, and the standard error of that mean.
struct SampleMean {
  let mean, error: Double

  init(_ values: [Double]) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    (self.mean, error) = (mean, (variance / count).squareRoot())
  }

  /// How many standard errors a figure is away.
  func distance(to value: Double) -> Double { abs(mean - value) / error }
}

@Suite struct FailureSimulationTests {
  private func run(
    interval: Int = 50, write: Double = 4, restart: Double = 20, hours: Double = 0.05
  ) throws -> CheckpointedRun {
    try CheckpointedRun(
      step: SimDuration(seconds: 1), interval: interval, write: SimDuration(seconds: write),
      restart: SimDuration(seconds: restart), failures: FailureRate(meanTimeBetweenFailuresInHours: hours))
  }

  /// Of a mean that is right, four standard errors are exceeded once in 16,000 times.
  @Test(arguments: [
    (50, 4.0, 20.0, 0.05, 8), (50, 4, 20, 0.05, 1), (200, 10, 100, 0.1, 64), (10, 0, 0, 0.01, 3),
    (300, 30, 5, 0.05, 16),
    (50, 4, 60, 0.02, 512),
  ])
  func `simulated runs agree with the closed form within their own error`(
    interval: Int, write: Double, restart: Double, hours: Double, units: Int
  ) throws {
    let run = try run(interval: interval, write: write, restart: restart, hours: hours)
    let (count, goodput) = (20, Goodput(run))
    let outcomes = try FailureSimulation(run, units: units, checkpoints: count).outcomes(runs: 600, seed: 11)
    let wall = goodput.segmentSeconds * Double(count)
    let seen = SampleMean(outcomes.map(\.wall.seconds))
    #expect(seen.distance(to: wall) < 4 && seen.error < 0.02 * wall)
    #expect(
      SampleMean(outcomes.map { Double($0.failures) }).distance(to: goodput.failuresPerSegment * Double(count)) < 4)
    #expect(SampleMean(outcomes.map(\.lost.seconds)).distance(to: goodput.lost * wall) < 4)
    if restart > 0 {
      #expect(SampleMean(outcomes.map(\.restarting.seconds)).distance(to: goodput.restarting * wall) < 4)
    }
  }

  @Test func `the clock of a run adds up to the picosecond`() throws {
    let run = try run()
    for outcome in try FailureSimulation(run, units: 4, checkpoints: 30).outcomes(runs: 50, seed: 5) {
      let kept = (run.step * run.interval + run.write) * 30
      #expect(outcome.wall == kept + outcome.lost + outcome.restarting)
    }
  }

  @Test func `without failures a run takes its steps and its writes`() throws {
    let run = try CheckpointedRun(
      step: SimDuration(seconds: 1), interval: 10, write: SimDuration(seconds: 1), restart: SimDuration(seconds: 5),
      failures: .none)
    let outcome = try FailureSimulation(run, units: 3, checkpoints: 7).outcomes(runs: 1, seed: 1)[0]
    #expect(outcome.wall == SimDuration(seconds: 77) && outcome.failures == 0)
    #expect(outcome.lost == .zero && outcome.restarting == .zero)
  }

  @Test func `a seed repeats its runs, and another makes others`() throws {
    let simulation = try FailureSimulation(run(), units: 5, checkpoints: 10)
    let (first, again) = (try simulation.outcomes(runs: 5, seed: 7), try simulation.outcomes(runs: 5, seed: 7))
    let other = try simulation.outcomes(runs: 5, seed: 1000)
    #expect(first == again && first != other && Set(first).count == 5)
  }

  @Test func `54 days of 16,384 GPUs are interrupted as often as Llama 3 was`() throws {
    let job = try FailureRate(failures: 419, ofUnits: 16_384, inHours: 54 * 24) * 16_384
    // Writes and restarts that take nothing, and a checkpoint after every minute: the wall clock is the time at risk.
    let run = try CheckpointedRun(
      step: SimDuration(seconds: 60), interval: 1, write: .zero, restart: .zero, failures: job)
    let outcomes = try FailureSimulation(run, units: 16_384, checkpoints: 54 * 1440).outcomes(runs: 8, seed: 3)
    let seen = SampleMean(outcomes.map { Double($0.failures) })
    #expect(seen.distance(to: Goodput(run).failuresPerSegment * 54 * 1440) < 4 && abs(seen.mean / 419 - 1) < 0.1)
  }

  @Test func `what the simulated clock cannot hold is refused`() throws {
    let run = try run()
    #expect(throws: EstimateError.self) { try FailureSimulation(run, units: 0, checkpoints: 1) }
    #expect(throws: EstimateError.self) { try FailureSimulation(run, units: 1, checkpoints: 0) }
    #expect(throws: EstimateError.self) { try FailureSimulation(run, units: 1, checkpoints: 1_000_000) }
    let hopeless = try self.run(interval: 5000, hours: 0.01)
    #expect(throws: EstimateError.self) { try FailureSimulation(hopeless, units: 1, checkpoints: 1) }
  }
}
