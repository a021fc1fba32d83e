package import Mesh
package import Model
package import PipelineSchedules
package import Training

/// One way to cut a tiny run, as values.
package struct TinyLayout: Hashable, Sendable, CustomStringConvertible {
  package var pipeline = 1
  package var data = 1
  package var tensor = 1
  /// Ranks of one set of shards; nil for all of the data axis.
  package var shardSize: Int?
  package var zero = ZeROPlan()
  package var isSequenceParallel = false
  package var recomputation = Recomputation.none
  package var schedule = ScheduleName.oneForwardOneBackward
  package var chunks: Int?
  /// Micro-batches of a step on each data-parallel rank.
  package var microBatches = 1
  package var layers: [Int]?
  package var order = Mesh.defaultOrder

  package init() {}

  package var ranks: Int { pipeline * data * tensor }
  package var mesh: Mesh {
    Mesh([.pipeline: pipeline, .data: data, .tensor: tensor], order: order, shardSize: shardSize)
  }

  package var pipelinePlan: PipelinePlan {
    PipelinePlan(
      try! PipelineSchedule.make(schedule, ranks: pipeline, microBatches: microBatches, chunks: chunks), layers: layers)
  }

  package var description: String {
    var words = ["pp\(pipeline) dp\(data) tp\(tensor)", "zero\(zero.stage)"]
    if zero.profile == .deepspeed { words.append("deepspeed") }
    if zero.offloadsOptimizer { words.append("offload") }
    if let shardSize { words.append("shard\(shardSize)") }
    if isSequenceParallel { words.append("sp") }
    if recomputation != .none { words.append("\(recomputation)") }
    words.append("\(schedule.rawValue)\(chunks.map { "×\($0)" } ?? "") m\(microBatches)")
    if let layers { words.append("\(layers)") }
    if order != Mesh.defaultOrder { words.append("order \(order.map(\.rawValue))") }
    return words.joined(separator: " ")
  }
}
