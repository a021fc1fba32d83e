internal import Mesh

extension Keys {
  static let dataParallel = Key<Int?>(
    "parallelism.dp", .ranksOrWorld, default: 1,
    "Ranks that share a step's batch; -1 takes what the world leaves.", aliases: ["data_parallel_size"])
  static let shardSize = Key<Int?>(
    "parallelism.dp_shard", .ranksOrWorld, default: nil, shown: "-1: all of dp",
    "Data-parallel ranks that share one set of ZeRO's shards; fewer than dp make several sets (HSDP).",
    aliases: ["parallelism.data_parallel_shard_degree"])
  static let tensorParallel = Key<Int>(
    "parallelism.tp", .count, default: 1, "Ranks that share every layer: its heads, features and vocabulary.",
    aliases: ["parallelism.tensor_parallel_degree", "tensor_parallel_size", "tensor_model_parallel_size"])
  static let pipelineParallel = Key<Int>(
    "parallelism.pp", .count, default: 1, "Ranks that share the layers, as stages of a pipeline.",
    aliases: ["parallelism.pipeline_parallel_degree", "pipeline_parallel_size", "pipeline_model_parallel_size"])
  static let contextParallel = single(
    .context, "context", ["parallelism.context_parallel_degree", "context_parallel_size"])
  static let expertParallel = single(
    .expert, "expert", ["parallelism.expert_parallel_degree", "expert_parallel_size"])
  static let order = Key<[Axis]>(
    "parallelism.order", .axes, default: Mesh.defaultOrder,
    "How ranks are laid out, the fastest varying axis first.")
  static let sequenceParallel = Key<Bool>(
    "parallelism.sequence_parallel", .boolean, default: false,
    "Whether tensor-parallel ranks also share the tokens of norms, dropout and residual sums.",
    aliases: ["sequence_parallel"])

  static let parallelismSection = [
    dataParallel.description, shardSize.description, tensorParallel.description, pipelineParallel.description,
    contextParallel.description, expertParallel.description, order.description, sequenceParallel.description,
  ]

  /// An axis that has no second rank yet.
  private static func single(_ axis: Axis, _ word: String, _ aliases: [String]) -> Key<Int> {
    let kind = Kind<Int>.count.refusing(
      "\(word) parallelism works at 1 only", hint: "remove it or set it to 1, and use dp, tp or pp"
    ) { $0 == 1 }
    return Key(
      "parallelism.\(axis.rawValue)", kind, default: 1, "Ranks of \(word) parallelism; only 1 works yet.",
      aliases: aliases)
  }
}
