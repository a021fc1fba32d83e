import ArgumentParser
import Cluster
import Configuration
import Mesh
import Planning
import Quantities
import Reporting
import Timing
import Training

/// The clock of the simulated cluster: the run's step as models see it, found once, before the first step is computed.
struct ClusterClock {
  let prediction: StepPrediction
  /// Whether the run names no cluster.
  private let isAssumed: Bool

  /// - Parameter records: whether a timeline is kept.
  /// - Errors: as `simulated`; what GPU or network cannot do.
  init(_ preparation: Preparation, records: Bool) throws {
    isAssumed = preparation.configuration.cluster == nil
    let constants = try SimulationOptions.parse([]).constants()
    prediction = try StepPrediction(try preparation.simulated(), constants, records: records)
  }

  private var estimate: ClusterEstimate { prediction.estimate }

  var step: SimulatedClock { SimulatedClock(seconds: estimate.seconds, utilization: estimate.mfu) }

  var summary: SimulationSummary {
    let (cluster, plan) = (estimate.scenario.cluster, estimate.scenario.plan)
    return SimulationSummary(
      name: cluster.name, nodes: cluster.nodes, gpusPerNode: cluster.gpusPerNode, gpu: cluster.gpu.name,
      isAssumed: isAssumed, precision: plan.precision.type, step: step)
  }
}

extension Preparation {
  /// The clock of the run's cluster; or why there is none, where nobody asked for one and the cluster that is assumed cannot compute in
  /// the run's precision.
  ///
  /// - Errors: `Failure` for everything that was asked for and cannot be.
  func clusterClock(records: Bool) throws -> (clock: ClusterClock?, problem: String?) {
    try simulating {
      if let problem = try problem() { return (nil, problem) }
      return (try ClusterClock(self, records: records), nil)
    }
  }

  /// Nothing if the clock can be made, or need not be.
  func checkClock() throws {
    try simulating { if try problem() == nil { _ = try simulated() } }
  }

  private func problem() throws -> String? {
    let precision = configuration.precision.type
    guard configuration.cluster == nil, configuration.simulation.precision == precision else { return nil }
    let cluster = try ClusterDescription.hgxH100(gpus: mesh.count)
    do { _ = try cluster.gpu.peak(MathPrecision(precision) ?? .fp32) } catch {
      return "\(error); name a cluster, or set simulation.precision"
    }
    return nil
  }

  /// The run on its cluster.
  ///
  /// - Errors: settings of the simulation that do not fit the run; a cluster that cannot be read, or has no room.
  fileprivate func simulated() throws -> SimulatedRun {
    let run = try SimulatedRun(configuration, try SimulationOptions.parse([]))
    let cluster = run.scenario.cluster
    guard mesh.count <= cluster.gpus else {
      let sizes = "has \(grouped(cluster.gpus)) GPUs, and the layout \(grouped(mesh.count)) ranks"
      throw Failure(
        code: .data,
        text: "cluster '\(cluster.name)' \(sizes); describe more nodes in its file, or use a smaller layout"
      ).error
    }
    return run
  }
}
