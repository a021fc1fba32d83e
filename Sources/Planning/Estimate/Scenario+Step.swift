package import Timing

extension Scenario {
  /// Its step alone, without account of memory and traffic.
  ///
  /// - Parameter pricing: of the scenario's cluster, lowering and issue; scenarios that have these in common may share it.
  /// - Errors: what the pricing cannot price.
  package func step(_ pricing: any StepPricing) throws -> SimulatedStep {
    try step(ScenarioTracks(self), pricing)
  }

  func step(_ tracks: ScenarioTracks, _ pricing: any StepPricing, records: Bool = false) throws -> SimulatedStep {
    precondition(overlapsData || slowGPUs.isEmpty && slowLinks.isEmpty, "replicas meet while gradients are put off")
    var simulation = try StepSimulation(
      tracks.tracks, pricing, streams: overlapsData ? .apart : .gradientsAfterBackward, machine: machine,
      records: records)
    return try simulation.run()
  }
}
