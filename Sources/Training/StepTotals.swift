import Collectives
import Execution
import Mesh
import Model
import Program
import Quantities

/// What all ranks together say about a step: the gradient's norm and the loss, which do not depend on the layout. Every value counts
/// once: replicated parameters on the first tensor-parallel rank, a tied table on the first stage, shards in one replica.
///
/// - Communicates: two all-gathers of one fp64 value a rank over the world, added everywhere in the same order.
final class StepTotals {
  private let layout: Layout
  private let executor: Executor
  private let communicator: Communicator
  /// One value; and a slot for each rank of the world.
  let norm, loss: Tensor
  private let norms, losses: Tensor

  init(_ layout: Layout, _ executor: Executor, _ communicator: Communicator) {
    (self.layout, self.executor, self.communicator) = (layout, executor, communicator)
    norm = executor.allocate([1], .float64, .workspace)
    loss = executor.allocate([1], .float64, .workspace)
    norms = executor.allocate([layout.mesh.count], .float64, .workspace)
    losses = executor.allocate([layout.mesh.count], .float64, .workspace)
  }

  private var counts: Bool { layout.model.partition.rank == 0 }
  private func slot(_ tensor: borrowing Tensor) -> TensorView { tensor.view[layout.rank..<layout.rank + 1] }

  /// One value of every rank of the world: few rounds where that costs no more bytes than a ring.
  private func gather(_ view: TensorView) throws {
    let isPowerOfTwo = layout.mesh.count.nonzeroBitCount == 1
    try communicator.allGather(view, along: .world, isPowerOfTwo ? .recursive : .ring, on: .compute)
  }

  /// Adds up the losses of all micro-batches of all ranks.
  func gatherLosses(_ own: TensorView) throws {
    if counts {
      executor.launch(.sum(count: own.count, .float64), reading: [own], writing: [slot(losses)])
    } else {
      executor.launch(.fill(count: 1, value: 0, .float64), writing: [slot(losses)])
    }
    try gather(losses.view)
    executor.launch(.sum(count: losses.count, .float64), reading: [losses.view], writing: [loss.view])
  }

  /// Σ g² as fp64 partial sums over each rank's shard of every unit, added in a fixed order, and the coefficient that clips.
  ///
  /// - Parameters:
  ///   - scale: the loss scale, one value.
  ///   - coefficient: receives what gradients are to be multiplied by.
  func gatherNorm(
    _ gradients: GradientStore, clipping: Double, scale: TensorView, coefficient: TensorView
  ) throws {
    let views = layout.isReplica ? [] : layout.ownUnits.flatMap { counted(gradients.updated($0), unit: $0) }
    if views.isEmpty {
      executor.launch(.fill(count: 1, value: 0, .float64), writing: [slot(norms)])
    } else {
      let partials = executor.allocate([views.count], .float64, .workspace)
      for (place, view) in views.enumerated() {
        executor.launch(
          .squaredNorm(count: view.count, view.type), reading: [view], writing: [partials.view[place..<place + 1]])
      }
      executor.launch(.sum(count: views.count, .float64), reading: [partials.view], writing: [slot(norms)])
    }
    try gather(norms.view)
    executor.launch(
      .clipCoefficient(partials: norms.count, maximum: clipping), reading: [norms.view, scale],
      writing: [norm.view, coefficient])
  }

  /// The parts of this rank's shard that no other rank counts; `view` are the gradients that it updates.
  private func counted(_ view: TensorView, unit number: Int) -> [TensorView] {
    let unit = layout.model.units[number]
    guard !unit.isCopy else { return [] }
    let (shard, start) = (layout.shard(of: unit.count), layout.updated(number).lowerBound)
    let parts = counts ? [shard] : unit.cut.map { $0.clamped(to: shard) }.filter { !$0.isEmpty }
    return parts.map { view[$0.lowerBound - start..<$0.upperBound - start] }
  }
}
