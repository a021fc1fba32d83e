package import Execution
import Mesh
package import Model
import PipelineSchedules
import Program
package import Quantities

/// The gradients of one step, unit by unit. A unit's memory is taken when its first gradient comes, after the activations of later
/// layers have gone, and it is summed over data-parallel ranks on a stream of its own:
///
/// | ZeRO stage | kept | summed |
/// |---|---|---|
/// | 0 | whole units | after the last micro-batch, all-reduce |
/// | 1 | whole units | after the last micro-batch, reduce-scatter |
/// | 2, 3 | shards | after every micro-batch, reduce-scatter |
///
/// DeepSpeed's profile has an all-reduce in place of every reduce-scatter of stages 1 and 2. With hybrid sharding, shards are summed
/// over the replicas once, after the last micro-batch. Gradients that wait to be summed at stages 2 and 3 are communication buffers.
package final class GradientStore: GradientSink {
  private let layout: Layout
  private let type: ScalarType
  private let executor: Executor
  private let communicator: Communicator
  private let microBatches: Int
  private let splitsBackward: Bool
  private let whole: PassingTensors
  private let shards: PassingTensors
  private var progress: [Int: GradientProgress] = [:]
  /// Micro-batches that each unit has finished.
  private var finished: [Int: Int] = [:]

  package init(
    _ layout: Layout, _ type: ScalarType, _ executor: Executor, _ communicator: Communicator, microBatches: Int
  ) {
    (self.layout, self.type, self.executor) = (layout, type, executor)
    (self.communicator, self.microBatches) = (communicator, microBatches)
    splitsBackward = layout.schedule.actions(of: layout.pipelineRank).contains { $0.kind == .backwardWeight }
    whole = PassingTensors(places: layout.model.units.count)
    shards = PassingTensors(places: layout.model.units.count)
    for unit in layout.ownUnits { progress[unit] = GradientProgress() }
  }

  package func gradients(of unit: Int) -> Gradients {
    if whole.view(of: unit) == nil {
      let category: MemoryCategory = layout.shardsGradients ? .communication : .gradients
      whole.put(executor.allocate([layout.model.units[unit].count], type, category), unit)
      progress[unit]!.reset()
      // A later micro-batch may have given its part of what comes with the input's gradient to the buffer before this one.
      if layout.shardsGradients, splitsBackward {
        let view = whole.view(of: unit)!
        executor.launch(.fill(count: view.count, value: 0, type), writing: [view])
      }
    }
    return Gradients(layout.model.units[unit], whole.view(of: unit)!, progress[unit]!)
  }

  package func finished(_ unit: Int) throws {
    finished[unit, default: 0] += 1
    let isLast = finished[unit] == microBatches
    guard isLast || layout.shardsGradients else { return }
    // All of this micro-batch's part may have been summed with an earlier one's: then zeros are, so that every sum has its turn.
    if splitsBackward { _ = gradients(of: unit) }
    executor.wait(executor.record(on: .compute), on: .gradients)
    let view = whole.view(of: unit)!
    try sum(view, everywhere: layout.zero.stage == 0 || (layout.zero.profile == .deepspeed && layout.zero.stage < 3))
    if layout.shardsGradients { keepShard(of: unit, view) }
    if isLast, layout.mesh.replicas > 1 {
      try communicator.allReduce(updated(unit), along: .replicate, on: .gradients)
    }
  }

  private func sum(_ view: TensorView, everywhere: Bool) throws {
    if everywhere {
      try communicator.allReduce(view, along: layout.mesh.shardScope, on: .gradients)
    } else {
      try communicator.reduceScatter(view, along: layout.mesh.shardScope, on: .gradients)
    }
  }

  /// Adds this rank's part of a sum to what earlier micro-batches left, and lets the rest go.
  private func keepShard(of unit: Int, _ sum: TensorView) {
    let mine = sum[layout.updated(unit)]
    if let shard = shards.view(of: unit) {
      executor.launch(.add(count: mine.count, type), reading: [mine], writing: [shard], on: .gradients)
    } else {
      let shard = executor.allocate([mine.count], type, .gradients)
      executor.launch(.copy(count: mine.count, type), reading: [mine], writing: [shard.view], on: .gradients)
      shards.put(shard, unit)
    }
    whole.drop(unit)
  }

  /// The compute stream goes on when every sum is there.
  package func waitForSums() {
    guard communicator.size(.data) > 1 else { return }
    executor.wait(executor.record(on: .gradients), on: .compute)
  }

  /// The summed gradients of the part that this rank updates.
  package func updated(_ unit: Int) -> TensorView {
    let range = layout.updated(unit)
    if layout.shardsGradients { return shards.view(of: unit)! }
    return whole.view(of: unit)![range]
  }

  /// Frees every unit: the next step begins with nothing.
  package func release() {
    for unit in layout.ownUnits {
      whole.drop(unit)
      shards.drop(unit)
    }
    finished = [:]
  }
}
