import Cluster
import Execution
import GPUModel
import Mesh
import Model
import NetworkModel
import PipelineSchedules
import Program
import Quantities
import TestSupport
import Timing
import Training

/// Programs of tiny runs as tracks, and their prices on HGX H100 nodes.
enum TimelineBench {
  static let calibration = try! Calibration.builtIn()
  static let network = try! NetworkConstants.builtIn()

  static func cluster(_ gpus: Int) -> ClusterDescription { try! ClusterDescription.hgxH100(gpus: gpus) }

  /// - Parameter choice: the fastest way of a collective, unless told otherwise: more bandwidth then never takes longer.
  static func pricing(
    _ cluster: ClusterDescription, _ mesh: Mesh, choice: CollectiveModel.Choice = .fastest
  ) throws -> ClusterPricing {
    ClusterPricing(
      cluster, mesh, KernelPricing(try TracePricing(cluster.gpu, Lowering(.fused), calibration)),
      try CommunicationModel(cluster, network, choice: choice))
  }

  /// Layouts of the matrix on one node, in numbers that a GPU has.
  static let cells: [MatrixCell] = {
    var matrix = LayoutMatrix()
    (matrix.microBatches, matrix.steps) = ([1, 4, 6, 8], 1)
    matrix.precision = PrecisionPlan(.bfloat16)
    return matrix.cells
  }()

  static func simulate(
    _ tracks: [RankTrack], _ pricing: any StepPricing, records: Bool = false
  ) throws -> SimulatedStep {
    var simulation = try StepSimulation(tracks, pricing, records: records)
    return try simulation.run()
  }
}

extension MatrixCell {
  var plan: TrainingPlan { run.plan(layout) }

  /// The ranks of the first pipeline, those of one kind with the same trace.
  var pipelineTracks: [RankTrack] { RankProgram.pipeline(plan, mesh: layout.mesh).map(\.track) }

  /// Ranks traced one by one, each a class of its own.
  ///
  /// - Parameter isWhole: whether every micro-batch is traced.
  func tracks(of ranks: [Int], isWhole: Bool = false) -> [RankTrack] {
    let plan = plan
    return ranks.enumerated().map { place, rank in
      var track = RankProgram(plan, mesh: layout.mesh, rank: rank, isWhole: isWhole).track
      track.programClass = place
      return track
    }
  }

  var pipelineRanks: [Int] { layout.mesh.group(of: 0, in: .pipeline) }
}

extension RankProgram {
  var track: RankTrack {
    RankTrack(
      label: "rank \(rank)", rank: rank, trace: trace, programClass: programClass, standing: standing.live)
  }
}

extension Timeline {
  /// Per rank, what its kernels take within passages.
  var passages: [SimDuration] {
    var sums = classes.map { _ in SimDuration.zero }
    for span in spans where span.stage >= 0 && span.bytes == .zero {
      let lane = lanes[Int(span.lane)]
      if lane.stream == .compute { sums[lane.rankClass] += span.duration }
    }
    return sums
  }
}
