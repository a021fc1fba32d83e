import ArgumentParser
import Cluster
import Quantities
import Timing

/// The machines of a collective, and how its groups lie on them.
struct CollectiveOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The machines: a built-in name, or a YAML file's path.", valueName: "name"))
  var cluster: String

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "GPUs in all; the cluster gets as many nodes. By default as many as it has. \(Self.most) at most.",
      valueName: "count"))
  var gpus: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("GPUs of one group; by default all of them, or each stride-th.", valueName: "count"))
  var groupSize: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How far apart the GPUs of a group are: groups lie interleaved, as data-parallel ones do between tensor-parallel ranks.",
      valueName: "count"))
  var stride = 1

  @Option(
    help: ArgumentHelp("GPUs of your own, for a cluster's file that names them.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var gpusFile: String?

  /// GPUs that are simulated: a ring over so many takes half a minute where it shares links.
  static let most = 1024

  func validate() throws {
    _ = try SimulationOptions.reference(cluster)
    if let gpus, gpus < 2 { throw ValidationError("--gpus \(gpus): a collective is among two GPUs at least.") }
    if let groupSize, groupSize < 2 {
      throw ValidationError("--group-size \(groupSize): a collective is among two GPUs at least.")
    }
    if stride < 1 { throw ValidationError("--stride \(stride): GPUs of a group are one apart at least.") }
  }

  /// - Errors: a cluster that cannot be read or be so large, and more GPUs than are simulated.
  func description() throws -> ClusterDescription {
    let named = try SimulationOptions.read(SimulationOptions.reference(cluster), gpusFile: gpusFile)
    let count = gpus ?? named.gpus
    guard count <= Self.most else {
      let reason = "\(grouped(Self.most)) at most are simulated message by message"
      throw refusal(
        gpus == nil
          ? "--cluster \(cluster): it has \(grouped(count)) GPUs, and \(reason); add --gpus \(Self.most) or fewer"
          : "--gpus \(count): \(reason); use \(Self.most) or fewer")
    }
    return try gpus.map { try named.resized(gpus: $0) } ?? named
  }

  /// - Errors: groups that the GPUs cannot be divided into, with sizes that they can be.
  func groups(of cluster: ClusterDescription) throws -> GroupsSideBySide {
    let count = gpus ?? cluster.gpus
    guard count > 1 else {
      throw refusal("--cluster \(self.cluster): it has one GPU; a collective is among two at least")
    }
    guard count.isMultiple(of: stride), count / stride > 1 else {
      throw refusal(
        "--stride \(stride): \(count) GPUs do not make groups of two or more whose GPUs are \(stride) apart; choose "
          + "\(choices(divisors(of: count).filter { count / $0 > 1 }))")
    }
    let size = groupSize ?? count / stride
    guard (count / stride).isMultiple(of: size) else {
      let apart = stride > 1 ? " whose GPUs are \(stride) apart" : ""
      throw refusal(
        "--group-size \(size): \(count) GPUs do not divide into groups of \(size)\(apart); choose "
          + "\(choices(divisors(of: count / stride).filter { $0 > 1 })), or other --gpus")
    }
    return GroupsSideBySide(gpus: count, size: size, stride: stride)
  }

  private func divisors(of number: Int) -> [Int] { (1...number).filter { number.isMultiple(of: $0) } }

  private func choices(_ numbers: [Int]) -> String { "one of \(numbers.map(String.init).joined(separator: ", "))" }

  private func refusal(_ text: String) -> Failure.Wrapped { Failure(code: .usage, text: text).error }
}
