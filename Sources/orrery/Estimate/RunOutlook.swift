import Configuration
import Mesh
import Planning
import Quantities

/// What becomes of a step over a long run: steps that vary, GPUs that fail, checkpoints.
struct RunOutlook {
  /// Seconds of a step when every rank varies by itself and all wait for the last.
  struct Jitter {
    var variation, mean, median, p90, p99: Double
  }
  /// Shares of wall-clock time, as the run is, and with the interval that leaves most of it.
  struct Reliability {
    var run, best: CheckpointedRun
    var goodput, bestGoodput: Goodput
  }

  let jitter: Jitter?
  let reliability: Reliability?

  /// - Parameter seconds: of one step without either.
  /// - Errors: `EstimateError` for figures that mean nothing.
  init(_ run: RunConfiguration, seconds: Double) throws {
    jitter = try RunOutlook.jitter(run, seconds)
    reliability = try RunOutlook.reliability(run, jitter?.mean ?? seconds)
  }

  private static func jitter(_ run: RunConfiguration, _ seconds: Double) throws -> Jitter? {
    guard run.simulation.jitter > 0 else { return nil }
    let jitter = try StepJitter(ranks: run.mesh.count, variation: run.simulation.jitter)
    return Jitter(
      variation: jitter.variation, mean: seconds * jitter.expected, median: seconds * jitter.percentile(0.5),
      p90: seconds * jitter.percentile(0.9), p99: seconds * jitter.percentile(0.99))
  }

  private static func reliability(_ run: RunConfiguration, _ seconds: Double) throws -> Reliability? {
    let settings = run.simulation
    guard settings.failures != nil || settings.checkpointWriteTime != nil else { return nil }
    let (write, restart) = (settings.checkpointWriteTime ?? 0, settings.failures?.restartTime ?? 0)
    try requireDays("simulation.checkpoint_write_time", write)
    try requireDays("simulation.restart_time", restart)
    let failures = try settings.failures.map {
      try FailureRate(meanTimeBetweenFailuresInHours: $0.meanTimeBetween / 3600) * run.mesh.count
    }
    // An interval of 0 is one checkpoint, at the end.
    let interval = run.checkpoint.interval > 0 ? run.checkpoint.interval : run.steps
    let checkpointed = try CheckpointedRun(
      step: SimDuration(seconds: seconds), interval: interval,
      write: SimDuration(seconds: write), restart: SimDuration(seconds: restart), failures: failures ?? .none)
    let best = checkpointed.atBestInterval
    return Reliability(run: checkpointed, best: best, goodput: Goodput(checkpointed), bestGoodput: Goodput(best))
  }

  private static func requireDays(_ key: String, _ seconds: Double) throws(EstimateError) {
    guard seconds > 8.64e6 else { return }
    throw EstimateError(
      key: key, value: withTimeUnit(seconds), reason: "is more than 100 days", way: "give what is waited for")
  }
}
