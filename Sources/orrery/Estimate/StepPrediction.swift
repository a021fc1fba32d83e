import Configuration
import Planning
import Quantities

/// A run's step on its cluster, and what becomes of it over the run: what reports are made of.
struct StepPrediction {
  let run: SimulatedRun
  let estimate: ClusterEstimate
  let outlook: RunOutlook

  /// - Errors: what cluster, GPU or network cannot do.
  init(_ run: SimulatedRun, _ constants: Constants, records: Bool = false) throws {
    var run = run
    estimate = try ClusterEstimate(run.scenario, constants, records: records)
    run.note(idle: estimate.idleLinks)
    self.run = run
    outlook = try RunOutlook(run.configuration, seconds: estimate.seconds)
  }
}
