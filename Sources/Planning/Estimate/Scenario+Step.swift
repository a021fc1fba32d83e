package import Timing

extension Scenario {
  /// Its step alone, without account of memory and traffic.
  ///
  /// - Parameter pricing: of the scenario's cluster, lowering and issue; scenarios that have these in common may share it.
  /// - Errors: what the pricing cannot price.
  package func step(_ pricing: any StepPricing) throws -> SimulatedStep {
    var simulation = try StepSimulation(
      ScenarioTracks(self).tracks, pricing, streams: overlapsData ? .apart : .gradientsAfterBackward, machine: machine)
    return try simulation.run()
  }
}
