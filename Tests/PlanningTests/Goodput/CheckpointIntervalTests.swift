import Planning
import Quantities
import Testing

@Suite struct CheckpointIntervalTests {
  private func interval(write minutes: Double, every hours: Double) throws -> CheckpointInterval {
    let failures = try FailureRate(meanTimeBetweenFailuresInHours: hours)
    return try #require(CheckpointInterval(write: SimDuration(seconds: minutes * 60), failures: failures))
  }

  /// Daly 2006, figures 3 to 5: writes of 5 minutes, failures every 24 h, 6 h and 15 min.
  @Test(arguments: [(24, 117.0, 0.5), (6, 57, 0.5), (0.25, 9.1, 0.05)])
  func `the optimum is the paper's`(hours: Double, minutes: Double, rounding: Double) throws {
    let daly = try interval(write: 5, every: hours).daly / 60
    #expect(abs(daly - minutes) <= rounding)
  }

  @Test(arguments: [0.001, 0.1, 1, 5, 30, 300], [0.1, 1, 24, 1000])
  func `the exact interval leaves more useful time than any other`(write: Double, hours: Double) throws {
    let failures = try FailureRate(meanTimeBetweenFailuresInHours: hours)
    let best = try interval(write: write, every: hours).exact
    func useful(_ seconds: Double) throws -> Double {
      let step = SimDuration(seconds: seconds / 1000)
      let run = try CheckpointedRun(
        step: step, interval: 1000, write: SimDuration(seconds: write * 60), restart: SimDuration(seconds: 120),
        failures: failures)
      return Goodput(run).useful
    }
    let most = try useful(best)
    for factor in [0.5, 0.9, 0.97, 1.03, 1.1, 2] {
      let other = try useful(best * factor)
      #expect(other < most, "\(factor)")
    }
  }

  @Test func `approximations come nearer as writes get shorter, Daly's before Young's`() throws {
    var last = (young: Double.infinity, daly: Double.infinity)
    for minutes in [60.0, 20, 5, 1, 0.1] {
      let interval = try interval(write: minutes, every: 6)
      let (young, daly) = (abs(interval.young / interval.exact - 1), abs(interval.daly / interval.exact - 1))
      #expect(daly < young && young < last.young && daly < last.daly)
      last = (young, daly)
    }
    #expect(last.young < 0.01 && last.daly < 1e-5)
  }

  @Test func `Daly's form ends where a write takes as long as failures let it`() throws {
    let interval = try interval(write: 180, every: 1)
    #expect(interval.daly == 3600 && interval.exact < 3600)
  }

  @Test func `nothing is best where nothing fails`() {
    #expect(CheckpointInterval(write: SimDuration(seconds: 1), failures: .none) == nil)
  }

  @Test(arguments: [0.3, 2, 7, 60, 4000]) func `the best interval in whole steps is not beaten by its neighbours`(
    step: Double
  ) throws {
    let run = try CheckpointedRun(
      step: SimDuration(seconds: step), interval: 1, write: SimDuration(seconds: 30),
      restart: SimDuration(seconds: 200),
      failures: FailureRate(meanTimeBetweenFailuresInHours: 2)
    ).atBestInterval
    for other in [run.interval - 1, run.interval + 1] where other > 0 {
      let less = try Goodput(run.every(steps: other)).useful
      #expect(less <= Goodput(run).useful)
    }
  }

  @Test func `a write that costs nothing is made after every step`() throws {
    let run = try CheckpointedRun(
      step: SimDuration(seconds: 3), interval: 50, write: .zero, restart: .zero,
      failures: FailureRate(meanTimeBetweenFailuresInHours: 1))
    #expect(run.atBestInterval.interval == 1)
  }
}
