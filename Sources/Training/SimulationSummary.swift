package import Quantities

/// What is simulated beside the CPU that a run takes place on: a cluster, and its step.
package struct SimulationSummary: Hashable, Sendable, Codable {
  package var name: String
  package var nodes, gpusPerNode: Int
  package var gpu: String
  /// Whether the run names no cluster.
  package var isAssumed: Bool
  /// What its GPUs compute in.
  package var precision: ScalarType
  package var step: SimulatedClock

  package init(
    name: String, nodes: Int, gpusPerNode: Int, gpu: String, isAssumed: Bool, precision: ScalarType,
    step: SimulatedClock
  ) {
    (self.name, self.nodes, self.gpusPerNode, self.gpu) = (name, nodes, gpusPerNode, gpu)
    (self.isAssumed, self.precision, self.step) = (isAssumed, precision, step)
  }
}
