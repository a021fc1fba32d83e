package import Quantities

/// A training run that writes a checkpoint every so many steps, and goes back to the last one when a failure stops it.
///
///     compute `interval` steps, write; on a failure: restart, and compute from the last checkpoint again
///
/// - Ignores: that the last steps of a run are not followed by a checkpoint, and that a failed GPU may be missed for a while before the
///   job stops: what detection takes belongs to `restart`.
package struct CheckpointedRun: Hashable, Sendable {
  /// One optimizer step, stragglers included.
  package let step: SimDuration
  /// Steps between checkpoints.
  package let interval: Int
  /// That the ranks wait for one checkpoint: all of its writing, or its copy alone where it is written beside the training.
  package let write: SimDuration
  /// From a failure to the first step after it: detection, new processes, reading the checkpoint.
  package let restart: SimDuration
  /// Of the whole job.
  package let failures: FailureRate

  /// - Errors: `EstimateError` for steps without a time, an interval without a step, negative times.
  package init(
    step: SimDuration, interval: Int, write: SimDuration, restart: SimDuration, failures: FailureRate
  ) throws(EstimateError) {
    guard step > .zero else {
      throw EstimateError(
        key: "step time", value: "\(step)", reason: "a step takes some time", way: "give the time of one optimizer step"
      )
    }
    guard interval > 0 else {
      throw EstimateError(
        key: "checkpoint interval", value: "\(interval) steps", reason: "is no interval",
        way: "write a checkpoint after one step at the earliest")
    }
    for (key, time) in [("write time", write), ("restart time", restart)] where time < .zero {
      throw EstimateError(key: key, value: "\(time)", reason: "is below zero", way: "give 0 where it costs nothing")
    }
    guard !step.picoseconds.multipliedReportingOverflow(by: interval).overflow else {
      throw EstimateError(
        key: "checkpoint interval", value: "\(interval) steps of \(step)", reason: "is more than 100 days",
        way: "write checkpoints more often")
    }
    (self.step, self.interval, self.write) = (step, interval, write)
    (self.restart, self.failures) = (restart, failures)
  }

  /// Useful seconds between two checkpoints.
  package var useful: Double { (step * interval).seconds }
  /// Seconds from one checkpoint to the next without failures.
  package var segment: Double { useful + write.seconds }

  /// The same with another interval.
  package func every(steps: Int) throws(EstimateError) -> CheckpointedRun {
    try CheckpointedRun(step: step, interval: steps, write: write, restart: restart, failures: failures)
  }
}
