import Cluster
import GPUModel
import Measurements
import Mesh
import NetworkModel
import Planning
import Quantities
import Timing
import Training

/// The program's step time for a measured row, and where it goes.
struct TrainPrediction {
  let seconds: Double
  /// Of the step, on an average rank; nil for what is not simulated as a step of a cluster.
  let shares: TrainShares?
  /// What stands for something that no model here has, of the same cost.
  let substitutions: [String]
}

/// Shares of a step's time, on an average rank.
struct TrainShares {
  let compute, exposed, bubble, launching: Double

  init(_ step: SimulatedStep) {
    let ranks = Double(step.tracks.reduce(0) { $0 + $1.count })
    func mean(_ part: (StepBreakdown) -> SimDuration) -> Double {
      zip(step.tracks, step.breakdowns).reduce(0) { $0 + Double($1.0.count) * part($1.1).seconds }
        / (ranks * step.makespan.seconds)
    }
    (compute, exposed) = (mean { $0.compute }, mean { $0.exposedCommunication + $0.peers })
    (bubble, launching) = (mean { $0.bubble }, mean { $0.launching })
  }
}

/// Predicts rows one after another; prices of kernels are kept from row to row.
final class TrainPredictor {
  private let constants: Constants
  private let clusters: TrainCluster
  private let catalogue: GPUCatalogue
  private var kernels: [KernelKey: KernelPricing] = [:]
  private var networks: [ClusterDescription: CommunicationModel] = [:]

  private struct KernelKey: Hashable {
    var gpu: GPU
    var lowering: Lowering
    var issue: HostIssue
    var attentionFactor: Double
  }

  typealias Refusal = StepMeasurement.Refusal

  /// - Errors: none in a program that was built whole.
  init() throws {
    (constants, clusters, catalogue) = (try Constants.builtIn(), try TrainCluster(), try GPUCatalogue.builtIn())
  }

  /// - Errors: `Refusal` for a row that no plan describes, or a cluster that is not modelled.
  func prediction(_ sample: StepSample, _ row: CSVTable.Row) throws(Refusal) -> TrainPrediction {
    guard sample.scope == .step else {
      let seconds = try SingleGPUStep(StepMeasurement(row), catalogue).seconds(constants.calibration)
      return TrainPrediction(seconds: seconds, shares: nil, substitutions: [])
    }
    let plan = try RowPlan(sample.configuration)
    let habits = FrameworkHabits.named(sample.configuration.framework, year: sample.year)
    let scenario = try scenario(sample, plan, habits)
    do {
      let step = try scenario.step(pricing(scenario, habits))
      return TrainPrediction(
        seconds: step.makespan.seconds, shares: TrainShares(step), substitutions: plan.substitutions)
    } catch { throw sample.configuration.refusal("\(error)") }
  }

  private func scenario(
    _ sample: StepSample, _ plan: RowPlan, _ habits: FrameworkHabits
  ) throws(Refusal) -> Scenario {
    var scenario = Scenario(
      plan: plan.plan, mesh: plan.mesh, cluster: try clusters.cluster(sample),
      lowering: habits.lowering(hasFusedAttention: plan.run.hasFusedAttention), issue: habits.issue)
    scenario.overlapsData = habits.overlapsData && !sample.overlapNotes.contains("no DP overlap")
    scenario.machine = habits.machine
    return scenario
  }

  private func pricing(_ scenario: Scenario, _ habits: FrameworkHabits) throws -> ClusterPricing {
    let (cluster, mesh) = (scenario.cluster, scenario.mesh)
    // Under sequence parallelism a rank holds its part alone.
    let scatters = habits.scattersMessages && !scenario.plan.isSequenceParallel
    return ClusterPricing(
      cluster, mesh, try kernels(scenario, habits), try network(cluster),
      scatteringOver: scatters ? mesh.size(.tensor) : 1)
  }

  private func kernels(_ scenario: Scenario, _ habits: FrameworkHabits) throws -> KernelPricing {
    let gpu = scenario.cluster.gpu
    let key = KernelKey(
      gpu: gpu, lowering: scenario.lowering, issue: scenario.issue,
      attentionFactor: habits.attentionFactor(on: gpu.generation))
    if let known = kernels[key] { return known }
    let pricing = KernelPricing(
      try TracePricing(gpu, key.lowering, constants.calibration, issue: key.issue, attentionFactor: key.attentionFactor)
    )
    kernels[key] = pricing
    return pricing
  }

  private func network(_ cluster: ClusterDescription) throws -> CommunicationModel {
    if let known = networks[cluster] { return known }
    let model = try CommunicationModel(cluster, constants.network, choice: constants.choice)
    networks[cluster] = model
    return model
  }
}
