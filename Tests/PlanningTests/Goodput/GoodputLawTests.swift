import Foundation
import Planning
import Quantities
import Testing

/// Runs from a minute between failures to none, over intervals, writes and restarts of several orders of magnitude.
private let runs: [CheckpointedRun] = try! [
  FailureRate.none, hourly(1.0 / 60), hourly(1), hourly(24), hourly(2400),
].flatMap { failures in
  try [1, 7, 100, 2000].flatMap { interval in
    try [0, 0.5, 60].flatMap { write in
      try [0, 30, 900].map { restart in
        try CheckpointedRun(
          step: SimDuration(seconds: 2), interval: interval, write: SimDuration(seconds: write),
          restart: SimDuration(seconds: restart), failures: failures)
      }
    }
  }
}

private func hourly(_ hours: Double) throws -> FailureRate { try FailureRate(meanTimeBetweenFailuresInHours: hours) }

private func useful(
  step: Double = 5, interval: Int = 100, write: Double = 20, restart: Double = 300, hours: Double = 3
) throws -> Double {
  let run = try CheckpointedRun(
    step: SimDuration(seconds: step), interval: interval, write: SimDuration(seconds: write),
    restart: SimDuration(seconds: restart), failures: hourly(hours))
  return Goodput(run).useful
}

@Suite struct GoodputLawTests {
  @Test(arguments: runs) func `shares add up to one, and none is negative`(run: CheckpointedRun) {
    let goodput = Goodput(run)
    let shares = [goodput.useful, goodput.writing, goodput.lost, goodput.restarting]
    #expect(shares.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(abs(shares.reduce(0, +) - 1) < 1e-12)
  }

  /// Daly's wall clock, written as the paper writes it.
  @Test(arguments: runs.filter { $0.failures > .none })
  func `the wall clock is that of the paper`(run: CheckpointedRun) {
    let mean = 1 / run.failures.perSecond
    let wall = mean * exp(run.restart.seconds / mean) * (exp(run.segment / mean) - 1)
    let seconds = Goodput(run).segmentSeconds
    // Of a run that hardly ever gets on, both are beyond all numbers; of one that hardly fails, the paper's form cancels.
    #expect(wall == seconds || abs(seconds / wall - 1) < 1e-7)
  }

  @Test(arguments: runs.filter { $0.failures == .none })
  func `without failures only writing costs`(run: CheckpointedRun) {
    let goodput = Goodput(run)
    #expect(abs(goodput.useful - run.useful / (run.useful + run.write.seconds)) < 1e-15)
    #expect(goodput.lost == 0 && goodput.restarting == 0 && goodput.lostSecondsPerFailure == nil)
    #expect(run.atBestInterval == run)
  }

  @Test func `rare failures lose half a segment each`() throws {
    let run = try CheckpointedRun(
      step: SimDuration(seconds: 1), interval: 600, write: SimDuration(seconds: 10), restart: SimDuration(seconds: 60),
      failures: hourly(10_000))
    let lost = try #require(Goodput(run).lostSecondsPerFailure)
    #expect(abs(lost / (run.segment / 2) - 1) < 1e-3)
  }

  @Test func `less useful time with more failures, longer writes, longer restarts`() throws {
    let base = try useful()
    #expect(try useful(hours: 1) < base && useful(hours: 10) > base)
    #expect(try useful(write: 40) < base && useful(write: 0) > base)
    #expect(try useful(restart: 600) < base && useful(restart: 0) > base)
    // Shorter steps with as many seconds between checkpoints change nothing.
    #expect(abs(try useful(step: 1, interval: 500) - base) < 1e-15)
  }

  @Test func `twice the GPUs fail twice as often`() throws {
    let one = try hourly(50_000)
    #expect(abs((one * 2048).meanHours! / (one * 4096).meanHours! - 2) < 1e-12)
    #expect((one * 0).meanHours == nil)
  }

  /// Llama Team 2024, arXiv:2407.21783, §3.3.4: 419 unexpected interruptions in 54 days; the run was effective for more than 90 %.
  @Test func `Llama 3's interruptions come every three hours, and its effectiveness is within reach`() throws {
    let unit = try FailureRate(failures: 419, ofUnits: 16_384, inHours: 54 * 24)
    let job = unit * 16_384
    #expect(abs(job.meanHours! - 3.09) < 0.005 && abs(unit.meanHours! - 50_679) < 60)
    #expect(abs(Double(419) - job.perSecond * 54 * 86_400) < 1e-9)
    // With a write of a few seconds, more than 90 % takes a restart of less than about a quarter of an hour.
    let run = { (restart: Double) in
      try CheckpointedRun(
        step: SimDuration(seconds: 6), interval: 1, write: SimDuration(seconds: 5),
        restart: SimDuration(seconds: restart),
        failures: job
      ).atBestInterval
    }
    #expect(try Goodput(run(300)).useful > 0.9)
    #expect(try Goodput(run(1200)).useful < 0.9)
  }

  @Test func `figures that mean nothing are refused with the way out`() {
    #expect(throws: EstimateError.self) { try FailureRate(meanTimeBetweenFailuresInHours: 0) }
    #expect(throws: EstimateError.self) { try FailureRate(meanTimeBetweenFailuresInHours: .infinity) }
    #expect(throws: EstimateError.self) { try FailureRate(failures: 1, ofUnits: 0, inHours: 1) }
    #expect(throws: EstimateError.self) { try FailureRate(failures: -1, ofUnits: 1, inHours: 1) }
    let error = #expect(throws: EstimateError.self) {
      try CheckpointedRun(step: .zero, interval: 1, write: .zero, restart: .zero, failures: .none)
    }
    #expect(error?.description == "step time 0 ps: a step takes some time; give the time of one optimizer step")
    let second = SimDuration(seconds: 1)
    #expect(throws: EstimateError.self) {
      try CheckpointedRun(step: second, interval: 0, write: .zero, restart: .zero, failures: .none)
    }
    #expect(throws: EstimateError.self) {
      try CheckpointedRun(step: second, interval: Int.max, write: .zero, restart: .zero, failures: .none)
    }
    #expect(throws: EstimateError.self) {
      try CheckpointedRun(step: second, interval: 1, write: .zero - second, restart: .zero, failures: .none)
    }
  }
}
