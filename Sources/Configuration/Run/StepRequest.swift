internal import Training

/// What was asked of a step; how it is cut follows when the data-parallel size is known.
struct StepRequest: Hashable, Sendable {
  var batch: BatchRequest
  var pipeline: PipelineRequest
}

/// How a step is cut: over ranks, micro-batches and stages.
struct StepPlan: Hashable, Sendable {
  var batch: BatchPlan
  var pipeline: PipelinePlan
}

extension ParallelismSettings {
  /// Shards that do not fit the data-parallel ranks; nil where they do, or where their number is open.
  var shardMismatch: Mismatch? {
    guard let data, let shard, !data.isMultiple(of: shard) else { return nil }
    let fitting = (1...min(data, shard)).filter { data.isMultiple(of: $0) }.suffix(6).map(String.init)
    return Mismatch(
      Keys.shardSize.name, value: "\(shard)", because: "does not divide parallelism.dp \(data)",
      hint: "use \(fitting.joined(separator: " or ")), or -1 for all of dp")
  }

  /// The same layout, with -1 for one set of shards however it was written.
  var normalised: ParallelismSettings {
    var result = self
    if shard == data { result.shard = nil }
    return result
  }
}
