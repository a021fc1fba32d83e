/// What a step takes on the simulated cluster: a model's answer, never a measurement.
package struct SimulatedClock: Hashable, Sendable, Codable {
  package var seconds: Double
  /// Model FLOPs utilization: of what all GPUs could compute in that time, 0 … 1.
  package var utilization: Double

  package init(seconds: Double, utilization: Double) { (self.seconds, self.utilization) = (seconds, utilization) }
}
