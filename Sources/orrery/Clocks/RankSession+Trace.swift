import Planning
import Program
import Quantities
import Timing
import Training
import Transport

extension RankSession {
  /// The first rank writes what all of them measured in the last step.
  func writeTrace(
    _ recorder: RecordingDevice, _ trainer: Trainer, _ check: ProgramCheck, _ clock: ClusterClock?,
    _ watchers: Watchers
  ) throws {
    let collector = StepCollector(
      plan: trainer.plan, mesh: preparation.mesh, rank: transport.rank, executor: trainer.executor)
    guard let steps = try collector.collect(recorder, check), let path = start.trace else { return }
    var notes = [
      "layout": "\(preparation.mesh)", "real": "step \(trainer.stepCount), the last, on this machine's CPU",
    ]
    if let summary = clock?.summary {
      notes["simulated"] = "a step on \(summary.name) (\(summary.gpu)) in \(summary.precision.rawValue)"
    }
    try ClockTrace(path: path).write(clock?.prediction.estimate.step.timeline, steps, notes: notes)
    let simulated = clock == nil ? "" : "the simulated step and "
    try watchers.observe(.note("wrote \(simulated)the last real one to \(path)"))
  }
}
