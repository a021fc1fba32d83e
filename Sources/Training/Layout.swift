package import Mesh
package import Model
package import PipelineSchedules

/// How one rank takes part in a run: its share of every cut matrix, its stages, and its shard of every unit.
package struct Layout: Sendable {
  package let mesh: Mesh
  package private(set) var rank: Int
  package let model: Transformer
  /// All stages, first to last.
  package let stages: [Stage]
  package private(set) var schedule: PipelineSchedule
  package let zero: ZeROPlan
  /// Ranks over which parameters are cut into shards, and this rank's place among them.
  private let sharers: (count: Int, place: Int)

  package init(_ plan: TrainingPlan, mesh: Mesh, rank: Int) {
    (self.mesh, self.rank, schedule, zero) = (mesh, rank, plan.pipeline.schedule, plan.zero)
    sharers = (mesh.shardSize, mesh.coordinate(of: rank, along: .data) % mesh.shardSize)
    precondition(
      schedule.ranks == mesh.size(.pipeline) && schedule.microBatches == plan.accumulation,
      "\(schedule.name) for \(schedule.ranks) ranks and \(schedule.microBatches) micro-batches does not fit")
    precondition(
      !plan.isSequenceParallel || (plan.microBatch * plan.sequence).isMultiple(of: mesh.size(.tensor)),
      "\(plan.microBatch * plan.sequence) tokens do not divide into equal parts for \(mesh.size(.tensor)) ranks")
    let partition = TensorPartition(
      size: mesh.size(.tensor), rank: mesh.coordinate(of: rank, along: .tensor),
      isSequenceParallel: plan.isSequenceParallel)
    let count = schedule.stageCount
    let model = Transformer(plan.model.architecture, partition, copiesTable: count > 1)
    self.model = model
    let cuts = Layout.cuts(plan.pipeline.layers, layers: model.architecture.layers, stages: count)
    stages = (0..<count).map {
      Stage(model, layers: cuts[$0]..<cuts[$0 + 1], isFirst: $0 == 0, isLast: $0 == count - 1)
    }
  }

  /// Where stages begin. Without counts they are as equal as can be, larger ones first, as PyTorch's and DeepSpeed's uniform cuts.
  private static func cuts(_ counts: [Int]?, layers: Int, stages: Int) -> [Int] {
    let counts = counts ?? (0..<stages).map { layers / stages + ($0 < layers % stages ? 1 : 0) }
    precondition(
      counts.count == stages && counts.reduce(0, +) == layers && counts.allSatisfy { $0 >= 0 },
      "\(counts) does not cut \(layers) layers into \(stages) stages")
    return counts.reduce(into: [0]) { $0.append($0.last! + $1) }
  }
}

extension Layout {
  /// The same stages on the same ranks, in another order.
  func following(_ schedule: PipelineSchedule) -> Layout {
    precondition(schedule.placement == self.schedule.placement && schedule.stageCount == self.schedule.stageCount)
    var layout = self
    layout.schedule = schedule
    return layout
  }

  /// The same for another rank of the pipeline, whose shards and whose part of every matrix are the same.
  func moved(alongPipelineTo rank: Int) -> Layout {
    var layout = self
    layout.rank = rank
    return layout
  }

  /// Place of this rank in its pipeline.
  package var pipelineRank: Int { mesh.coordinate(of: rank, along: .pipeline) }
  /// The stages that this rank computes, in the order of its chunks.
  package var ownStages: [Int] { schedule.stages(of: pipelineRank) }
  package var holdsFirst: Bool { ownStages.contains(0) }
  package var holdsLast: Bool { ownStages.contains(schedule.stageCount - 1) }

  /// The global ranks of this pipeline's first and last stage, which share a tied table; one where one rank has both.
  package var ends: [Int] {
    let pipelineRanks = Set([0, schedule.stageCount - 1].map(schedule.rank))
    return pipelineRanks.sorted().map(globalRank)
  }

  /// The units that this rank holds, in ascending order.
  package var ownUnits: [Int] { Set(ownStages.flatMap { stages[$0].units }).sorted() }

  /// The global rank that computes a stage of this rank's pipeline.
  package func globalRank(pipelineRank: Int) -> Int {
    mesh.group(of: rank, in: .pipeline)[pipelineRank]
  }

  /// The shard of `count` values that belongs to this rank, whether it keeps only that or more.
  package func shard(of count: Int) -> Range<Int> {
    let (ranks, place) = sharers
    return count * place / ranks..<count * (place + 1) / ranks
  }

  /// The part of a unit that this rank's optimizer updates.
  package func updated(_ unit: Int) -> Range<Int> {
    let count = model.units[unit].count
    return zero.stage == 0 ? 0..<count : shard(of: count)
  }

  /// Whether parameters are kept as shards and gathered for every use.
  package var gathersParameters: Bool { zero.stage == 3 && mesh.shardSize > 1 }
  /// Whether gradients are kept as shards.
  package var shardsGradients: Bool { zero.stage >= 2 && mesh.shardSize > 1 }

  /// Whether another rank holds the same shards, so that this one does not count in norms.
  package var isReplica: Bool { mesh.coordinate(of: rank, along: .data) / mesh.shardSize > 0 }
}
