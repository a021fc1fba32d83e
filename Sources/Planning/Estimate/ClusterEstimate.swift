import Cluster
import Execution
import GPUModel
import Mesh
import Model
import NetworkModel
import Program
package import Quantities
package import Timing
package import Training

/// One training step on a cluster, predicted from the program itself: time, memory, traffic, energy.
///
/// - Ignores: data loading, evaluation, checkpoints; see `StepSimulation`, `KernelModel` and `CommunicationModel` for what they do.
/// - Validated: `orrery-bench validate train` and `validate memory`.
package struct ClusterEstimate: Sendable {
  package let scenario: Scenario
  /// Of one clean pipeline, first stage to last.
  package let programs: [RankProgram]
  package let step: SimulatedStep
  /// Per pipeline rank.
  package let memory: [MemoryEstimate]
  package let verdict: MemoryVerdict
  package let traffic: StepTraffic
  /// Slow links that nothing is sent over.
  package let idleLinks: [SlowLink]
  /// Links whose constants are another's.
  package let substitutions: [String]
  /// At which the model's matrix products could run.
  package let peak: ComputeRate

  /// - Parameter records: whether a timeline is kept.
  /// - Errors: `ScenarioError` for ranks that the cluster has no room for; what GPU and network cannot do.
  package init(_ scenario: Scenario, _ constants: Constants, records: Bool = false) throws {
    try scenario.requireRoom()
    self.scenario = scenario
    let cluster = scenario.cluster
    let gpus = try TracePricing(cluster.gpu, scenario.lowering, constants.calibration, issue: scenario.issue)
    let network = try CommunicationModel(cluster, constants.network, choice: constants.choice)
    substitutions = network.substitutions
    let pricing = ClusterPricing(
      cluster, scenario.mesh, KernelPricing(gpus), network, slow: scenario.slowLinks)
    let tracks = ScenarioTracks(scenario)
    programs = tracks.programs
    step = try scenario.step(tracks, pricing, records: records)
    idleLinks = pricing.idleLinks
    peak = try Roofline(cluster.gpu, scenario.precision, constants.calibration).peak
    memory = programs.map { MemoryEstimate(scenario, $0) }
    verdict = scenario.verdict(memory, programs)
    traffic = try StepTraffic(scenario, programs, network)
  }
}

extension ClusterEstimate {
  package var gpus: Int { scenario.mesh.count }
  package var tokens: Int {
    scenario.plan.sequence * scenario.plan.microBatch * scenario.plan.accumulation * scenario.mesh.size(.data)
  }
  package var seconds: Double { step.makespan.seconds }
  package var tokensPerSecond: Double { Double(tokens) / seconds }
  package var tokensPerSecondPerGPU: Double { tokensPerSecond / Double(gpus) }

  /// FLOPs of the model's mathematics over all ranks, by the PaLM convention: 6·N + 12·L·A·D·S a token, nothing computed again.
  ///
  /// - Source: Chowdhery et al. 2022, arXiv:2204.02311, appendix B.
  package var modelFLOPs: Double {
    Double(tokens) * Double(programs[0].layout.model.modelFLOPs(sequence: scenario.plan.sequence))
  }

  /// FLOPs of matrix products and attention that are carried out, recomputation included, over all ranks.
  package var hardwareFLOPs: Double {
    let ranks = Double(gpus / programs.count)
    return programs.reduce(0) { sum, program in
      let matrix = program.ledger.flops.filter { $0.key.contains("matmul") || $0.key.contains("attention") }
      return sum + matrix.values.reduce(0) { $0 + Double($1.value) } * ranks
    }
  }

  /// Model FLOPs utilisation, and hardware FLOPs utilisation: shares of what all GPUs could do in the time of the step.
  package var mfu: Double { modelFLOPs / seconds / (peak.flopsPerSecond * Double(gpus)) }
  package var hfu: Double { hardwareFLOPs / seconds / (peak.flopsPerSecond * Double(gpus)) }

  /// Mean over ranks, of the makespan.
  package func share(_ part: (StepBreakdown) -> SimDuration) -> Double {
    let weighted = zip(step.tracks, step.breakdowns).reduce((0.0, 0.0)) { sum, next in
      (sum.0 + Double(next.0.count) * part(next.1).seconds, sum.1 + Double(next.0.count) * next.1.makespan.seconds)
    }
    return weighted.1 > 0 ? weighted.0 / weighted.1 : 0
  }

  /// Joules of the boards of all GPUs in a step: power limit × share of the time in which kernels run. Unvalidated.
  package var joules: Double {
    scenario.cluster.gpu.boardPower.watts * Double(gpus) * seconds * share { $0.compute }
  }
}

extension Scenario {
  /// In which the model's matrix products are made.
  var precision: MathPrecision {
    let precision = MathPrecision(plan.precision.type) ?? .fp32
    return precision == .fp32 && lowering.allowsTF32 ? .tf32 : precision
  }

  fileprivate func requireRoom() throws(ScenarioError) {
    guard mesh.count <= cluster.gpus else {
      throw ScenarioError(
        key: "cluster", value: cluster.name, reason: "has \(cluster.gpus) GPUs, and the layout has \(mesh.count) ranks",
        hint: "resize the cluster with --gpus, or use a smaller layout")
    }
    let slow = slowGPUs.map(\.rank) + slowLinks.map(\.rank)
    if let rank = slow.first(where: { !(0..<mesh.count).contains($0) }) {
      throw ScenarioError(
        key: "simulation", value: "rank \(rank)", reason: "is not in a layout of \(mesh.count) ranks",
        hint: "name ranks 0 to \(mesh.count - 1)")
    }
  }
}
