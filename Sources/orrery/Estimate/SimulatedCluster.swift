import Cluster
import Configuration
import Quantities

/// The machines of a run, large enough for it, and why they are those.
struct SimulatedCluster {
  let description: ClusterDescription
  /// Ranks that take part.
  let ranks: Int
  /// What nobody asked for in so many words; nil where somebody did.
  let note: String?

  /// A built-in cluster is a kind of machine, of which there are as many as the run needs; a file's has the size that it says, unless
  /// --gpus says another.
  ///
  /// - Errors: a run that takes what there is where nothing says how much; a cluster that cannot be read, or be so large.
  init(_ run: RunConfiguration, _ options: SimulationOptions) throws {
    let reference = try options.reference() ?? run.cluster
    if reference == nil, let file = options.gpusFile { throw SimulationOptions.needsOwnCluster(file) }
    let named = try reference.map { try options.read($0) }
    guard let ranks = options.gpus ?? run.worldSize ?? run.simulation.gpus ?? named?.gpus else {
      throw Failure(
        code: .usage,
        text: "parallelism.dp -1 takes all GPUs of a cluster, and none is named; add --gpus COUNT or --cluster NAME"
      ).error
    }
    self.ranks = ranks
    try Self.checkCount(ranks, options)
    guard let named, let reference else {
      description = try .hgxH100(gpus: ranks)
      note = "no cluster is named, so HGX H100 machines are assumed; the key cluster names others"
      return
    }
    note = nil
    if case .builtIn = reference {
      do { description = try named.holding(gpus: ranks) } catch { throw Self.builtIn(error, named, ranks, options) }
    } else {
      description = try options.gpus.map { try named.holding(gpus: $0) } ?? named
    }
  }

  /// A million GPUs take seconds, and more than there are anywhere.
  private static let mostRanks = 1 << 20

  private static func checkCount(_ ranks: Int, _ options: SimulationOptions) throws {
    guard ranks > mostRanks else { return }
    let (what, way) =
      options.gpus == nil
      ? ("the layout has \(grouped(ranks)) ranks", "use a smaller layout") : ("--gpus \(ranks)", "use fewer")
    throw Failure(code: .usage, text: "\(what): at most \(grouped(mostRanks)) GPUs are simulated; \(way)").error
  }

  /// What a built-in cluster cannot hold, for those who have no file of it to change, and may not have typed a number.
  private static func builtIn(
    _ error: ClusterError, _ cluster: ClusterDescription, _ ranks: Int, _ options: SimulationOptions
  ) -> ClusterError {
    var error = error
    let most = cluster.gpusPerNode * cluster.nodeFabric.nodesPerDomain
    error.hint = "use \(cluster.network == nil ? "at most \(most)" : "fewer") GPUs, or name another cluster"
    if options.gpus == nil { (error.key, error.value) = ("a layout of \(grouped(ranks)) ranks", nil) }
    return error
  }
}
