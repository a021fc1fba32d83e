import Collectives
import Execution
import Mesh
import Model
import Training

extension ClosedForms {
  /// Gradients and parameters over data-parallel ranks: with k micro-batches, over (n − 1) and in units of Ψ,
  ///
  /// | stage | paper | DeepSpeed |
  /// |---|---|---|
  /// | 0 | 2 | 2 |
  /// | 1 | 1 + 1 | 2 + 1 |
  /// | 2 | k + 1 | 2k + 1 |
  /// | 3 | k + 2k | k + 2k |
  ///
  /// where sums are in gradients' bytes and gathers in parameters'. Hybrid sharding adds one all-reduce of the updated parts.
  var dataParallel: [Channel: Int] {
    let scope: Scope = layout.shardSize.map { $0 == data ? .data : .shard } ?? .data
    let unit = replicas * held * (shardSize - 1)
    let (stage, k) = (layout.zero.stage, microBatches)
    let sums = stage < 2 ? 1 : k
    let sumsEverywhere = stage == 0 || (stage < 3 && layout.zero.profile == .deepspeed)
    let gathers = [0, 1, 1, 2 * k][stage]
    let reduce: CollectiveKind = sumsEverywhere ? .allReduce : .reduceScatter
    return [
      Channel(scope, reduce): (sumsEverywhere ? 2 : 1) * sums * unit * gradient,
      Channel(scope, .allGather): gathers * unit * value,
      Channel(.replicate, .allReduce): 2 * (replicas - 1) * held * gradient * (stage == 0 ? shardSize : 1),
    ]
  }

  /// Activations of N·H values over tensor-parallel ranks: a layer sums them twice forward and twice backward, the embedding once,
  /// the head once. Under sequence parallelism a sum is a reduce-scatter; each input of a cut matrix is gathered forward, its
  /// output's gradient backward, and the input once more for the weight: 25 % more a layer. Layers computed again repeat their
  /// forward part. Cross-entropy combines three statistics of every row.
  var tensorParallel: [Channel: Int] {
    let unit = data * microBatches * (tensor - 1)
    let matrix = unit * rows * sizes.hidden * value
    let again = recomputedLayers
    let sums = 4 * sizes.layers + 2 * again + 2
    let statistics = 2 * 3 * unit * rows * statistic
    guard layout.isSequenceParallel else {
      return [Channel(.tensor, .allReduce): 2 * sums * matrix + statistics]
    }
    let gathers = (2 + 2 + 2) * sizes.layers + 2 * again + 1 + 2
    return [
      Channel(.tensor, .reduceScatter): sums * matrix, Channel(.tensor, .allGather): gathers * matrix,
      Channel(.tensor, .allReduce): statistics + 2 * (tensor - 1) * updatedCopies * sizes.replicated * gradient,
    ]
  }

  private var recomputedLayers: Int {
    guard case .full(let every) = layout.recomputation else { return 0 }
    return (sizes.layers + every - 1) / every
  }

  /// For every micro-batch and every border between stages of different ranks one activation and one gradient; a tied table's
  /// gradient, once a step, between the two ranks that have it.
  var pipelineParallel: [Channel: Int] {
    let borders = pipeline == 1 ? 0 : layout.schedule.turnsAround ? stages - 2 : stages - 1
    let heldRows = layout.isSequenceParallel ? rows : tensor * rows
    return [
      Channel(.pipeline, .message): 2 * borders * data * microBatches * heldRows * sizes.hidden * value,
      Channel(.ends, .allReduce): tableSpansRanks ? 2 * updatedCopies * sizes.table * gradient : 0,
    ]
  }

  /// Of every rank a norm and a loss go to all; data-parallel ranks count tokens together.
  var scalars: [Channel: Int] {
    let (ranks, double) = (layout.ranks, 8)
    return [
      Channel(.world, .allGather): 2 * (ranks - 1) * ranks * double,
      Channel(.data, .allReduce): 2 * (data - 1) * pipeline * tensor * double,
    ]
  }
}
