internal import Cluster
internal import Quantities

extension Keys {
  static let cluster = Key<ClusterReference?>(
    "cluster", .optional(.cluster), default: nil,
    "The machines that are simulated: \(ClusterCatalogue.names.joined(separator: ", ")); or the path of a YAML file, "
      + "relative to the current directory.")
  static let simulatedGPUs = Key<Int?>(
    "simulation.gpus", .optional(.count), default: nil, shown: "the run's ranks; all of the cluster for dp -1",
    "GPUs of the cluster that take part: what dp -1 shares out.")
  static let simulatedPrecision = Key<ScalarType?>(
    "simulation.precision", .optional(.simulated), default: nil, shown: "precision",
    "How values are stored, sent and computed in the simulation.")
  static let kernels = Key<SimulationSettings.Kernels>(
    "simulation.kernels", .choice, default: .fused,
    "How operations become kernels: eager as in PyTorch, fused with one for each operation, compiled with neighbours "
      + "merged.")
  static let attentionKernel = Key<SimulationSettings.Attention>(
    "simulation.attention", .choice, default: .auto,
    "Whether scores stay on the chip (flash) or pass through memory; auto is flash where GPU and precision have it.")
  static let slowGPUs = Key<[SimulationSettings.SlowGPU]?>(
    "simulation.slow_gpus", .optional(.list(of: .slowGPU, orOne: true)), default: nil,
    "Stragglers: at 5:1.3 every kernel of rank 5 takes 1.3 times as long.")
  static let slowLinks = Key<[SimulationSettings.SlowLink]?>(
    "simulation.slow_links", .optional(.list(of: .slowLink, orOne: true)), default: nil,
    "Weak connections: at 'network 5:4' the network card of rank 5 has a quarter of its bandwidth; also nvlink, pcie.")
  static let jitter = Key<Double>(
    "simulation.jitter", .variation, default: 0,
    "How much a rank's work in a step varies: standard deviation over mean. 0 for always the same.")
  static let meanTimeBetweenFailures = Key<Double?>(
    "simulation.mtbf_per_gpu", .optional(.duration), default: nil, shown: "none: no GPU fails",
    "Mean time between two failures of one GPU.")
  static let restartTime = Key<Double?>(
    "simulation.restart_time", .optional(.duration), default: nil,
    "From a failure until training goes on, beside the work that is done again.")
  static let checkpointWriteTime = Key<Double?>(
    "simulation.checkpoint_write_time", .optional(.durationOrZero), default: nil,
    "How long training stands still while a checkpoint is written; 0 s where it does not.")

  static let simulationSection = [
    cluster.description, simulatedGPUs.description, simulatedPrecision.description, kernels.description,
    attentionKernel.description, slowGPUs.description, slowLinks.description, jitter.description,
    meanTimeBetweenFailures.description, restartTime.description, checkpointWriteTime.description,
  ]
}
