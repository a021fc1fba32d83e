import ArgumentParser
import Cluster
import Configuration
import GPUModel
import Measurements
import NetworkModel
import Planning

/// Options of commands that simulate a run on a cluster.
struct SimulationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The machines: a built-in name (as many of them as the layout needs), or a YAML file's path. By default the run's cluster, "
        + "else HGX H100.", valueName: "name"))
  var cluster: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "GPUs that take part; the cluster gets as many nodes, and parallelism.dp -1 as many ranks.", valueName: "count"))
  var gpus: Int?

  @Option(
    help: ArgumentHelp("Constants from orrery calibrate instead of the built-in ones.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var calibration: String?

  @Option(
    help: ArgumentHelp("GPUs of your own, for a cluster's file that names them.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var gpusFile: String?

  func validate() throws {
    _ = try reference()
    if let gpus, gpus < 1 { throw ValidationError("--gpus \(gpus): a step needs one GPU at least.") }
  }

  /// - Errors: a name that means no cluster, with the nearest one.
  func reference() throws -> ClusterReference? {
    try cluster.map(Self.reference)
  }

  static func reference(_ cluster: String) throws -> ClusterReference {
    do { return try ClusterReference(parsing: cluster) } catch { throw ValidationError("--cluster \(error)") }
  }

  /// - Errors: a file that is no calibration.
  func constants() throws -> Constants {
    do {
      let network = try NetworkConstants.builtIn()
      guard let calibration else { return Constants(try .forCommands(), network) }
      return Constants(try Calibration(parsing: TextFile(calibration).read(), file: calibration), network)
    } catch let error as NetworkError {
      throw Failure(code: .software, text: error.description).error
    }
  }

  /// - Errors: all that is wrong with the file; GPUs of one's own that a built-in cluster cannot have.
  func read(_ reference: ClusterReference) throws -> ClusterDescription {
    try Self.read(reference, gpusFile: gpusFile)
  }

  static func read(_ reference: ClusterReference, gpusFile: String?) throws -> ClusterDescription {
    guard let gpusFile else { return try reference.read() }
    guard case .file(let path) = reference else { throw needsOwnCluster(gpusFile) }
    return try .read(
      yaml: TextFile(path).read(), file: path, gpus: GPUCatalogue.forCommands().adding(file: gpusFile),
      links: LinkCatalogue.builtIn())
  }

  static func needsOwnCluster(_ file: String) -> Failure.Wrapped {
    let reason = "is of no use to a built-in cluster, whose GPU is built in too; name your own with --cluster FILE"
    return Failure(code: .usage, text: "--gpus-file \(file): \(reason)").error
  }

  /// The option that takes the place of a key, where it is given.
  func option(for key: String) -> String? {
    switch key {
    case "cluster": cluster.map { "--cluster \($0)" }
    case Self.gpusKey: gpus.map { "--gpus \($0)" }
    default: nil
    }
  }

  /// What the options say in the run's own words.
  var overrides: [String] { gpus.map { ["\(Self.gpusKey)=\($0)"] } ?? [] }

  private static let gpusKey = "simulation.gpus"

  /// The run's file with overrides and these options.
  ///
  /// - Errors: as of loading; what does not fit --gpus is said of --gpus.
  func load(_ file: String, _ typed: [String]) throws -> RunConfiguration {
    do { return try RunConfiguration.load(file: file, overrides: typed + overrides) } catch {
      throw ConfigurationErrors(error.errors.map(inOptions))
    }
  }

  private func inOptions(_ error: ConfigurationError) -> ConfigurationError {
    guard case .override(let text) = error.place, overrides.contains(text), let gpus else { return error }
    return ConfigurationError(
      .world, key: "--gpus", value: "\(gpus)", reason: error.reason,
      hint: "leave --gpus out, or add parallelism.dp=-1 to the command line")
  }
}
