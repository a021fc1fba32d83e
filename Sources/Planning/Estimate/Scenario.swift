package import Cluster
package import GPUModel
package import Mesh
package import NetworkModel
package import Timing
package import Training

/// A run on a cluster: everything that an estimate depends on.
package struct Scenario: Sendable {
  /// A GPU whose kernels take `factor` times as long.
  package struct SlowGPU: Hashable, Sendable {
    package var rank: Int
    package var factor: Double

    package init(rank: Int, factor: Double) { (self.rank, self.factor) = (rank, factor) }
  }

  package var plan: TrainingPlan
  /// Rank r is GPU r of the cluster.
  package var mesh: Mesh
  package var cluster: ClusterDescription
  /// How operations become kernels.
  package var lowering: Lowering
  package var issue: HostIssue
  package var slowGPUs: [SlowGPU] = []
  package var slowLinks: [SlowLink] = []
  /// Whether gradients and parameters travel beside kernels; else the compute stream waits for them.
  package var overlapsData = true
  package var machine = StepSimulation.Machine.usual

  package init(
    plan: TrainingPlan, mesh: Mesh, cluster: ClusterDescription, lowering: Lowering = Lowering(.fused),
    issue: HostIssue = HostIssue()
  ) {
    (self.plan, self.mesh, self.cluster) = (plan, mesh, cluster)
    (self.lowering, self.issue) = (lowering, issue)
  }
}

/// What models predict with.
package struct Constants: Sendable {
  package var calibration: Calibration
  package var network: NetworkConstants
  package var choice: CollectiveModel.Choice

  package init(
    _ calibration: Calibration, _ network: NetworkConstants, choice: CollectiveModel.Choice = .tuner
  ) {
    (self.calibration, self.network, self.choice) = (calibration, network, choice)
  }

  /// The program's own.
  ///
  /// - Errors: none in a program that was built whole.
  package static func builtIn() throws -> Constants {
    Constants(try Calibration.builtIn(), try NetworkConstants.builtIn())
  }
}

/// Why there is no estimate: what the cluster cannot do or has no room for.
package struct ScenarioError: Error, Hashable, CustomStringConvertible {
  package var key, value, reason, hint: String

  package init(key: String, value: String, reason: String, hint: String) {
    (self.key, self.value, self.reason, self.hint) = (key, value, reason, hint)
  }

  package var description: String { "\(key) \(value): \(reason); \(hint)" }
}
