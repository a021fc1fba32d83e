internal import Mesh

extension Keys {
  static let dataParallel = Key<Int?>(
    "parallelism.dp", .ranksOrWorld, default: 1,
    "Ranks that share a step's batch; -1 takes what the world leaves.",
    aliases: ["parallelism.data_parallel_replicate_degree", "data_parallel_size"])
  static let tensorParallel = single(
    .tensor, "tensor", ["parallelism.tensor_parallel_degree", "tensor_parallel_size"])
  static let pipelineParallel = single(
    .pipeline, "pipeline", ["parallelism.pipeline_parallel_degree", "pipeline_parallel_size"])
  static let contextParallel = single(
    .context, "context", ["parallelism.context_parallel_degree", "context_parallel_size"])
  static let expertParallel = single(
    .expert, "expert", ["parallelism.expert_parallel_degree", "expert_parallel_size"])
  static let order = Key<[Axis]>(
    "parallelism.order", .axes, default: Mesh.defaultOrder,
    "How ranks are laid out, the fastest varying axis first.")
  static let zeroStage = Key<Int>(
    "zero_optimization.stage",
    Kind.integer(atLeast: 0, atMost: 3).refusing("only ZeRO stage 0 works", hint: "remove it or set it to 0") {
      $0 == 0
    }, default: 0, "What data-parallel ranks share out: nothing at 0.",
    aliases: ["zero_stage", "optimizer.zero_stage"])

  static let parallelismSection = [
    dataParallel.description, tensorParallel.description, pipelineParallel.description, contextParallel.description,
    expertParallel.description, order.description, zeroStage.description,
  ]

  /// An axis that has no second rank yet.
  private static func single(_ axis: Axis, _ word: String, _ aliases: [String]) -> Key<Int> {
    let kind = Kind<Int>.count.refusing(
      "\(word) parallelism works at 1 only", hint: "remove it or set it to 1, and use parallelism.dp"
    ) { $0 == 1 }
    return Key(
      "parallelism.\(axis.rawValue)", kind, default: 1, "Ranks of \(word) parallelism; only 1 works yet.",
      aliases: aliases)
  }
}
