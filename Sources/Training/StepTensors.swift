import BasicContainers
import Execution
import Model
import Program
import Quantities

/// The samples of one micro-batch on one rank.
package struct MicroBatch: Sendable {
  /// Token ids [samples · sequence], and the ids that follow each; a negative one counts in no loss.
  package var inputs, targets: [Int32]
  /// Index in the global batch of the first sample.
  package var firstSample: Int

  package init(inputs: [Int32], targets: [Int32], firstSample: Int) {
    (self.inputs, self.targets, self.firstSample) = (inputs, targets, firstSample)
  }

  /// Targets that have a loss.
  package var tokens: Int { targets.reduce(0) { $0 + ($1 < 0 ? 0 : 1) } }
}

/// What all micro-batches of a step read from outside, and the loss of each.
struct StepTensors: ~Copyable {
  private let tensors: UniqueArray<Tensor>
  private let inputs: [Input]
  let losses: Tensor

  private struct Input {
    var ids, targets: TensorView?
    var key: TensorView
  }

  /// Only ranks of the first stage hold ids, and only those of the last targets.
  init(_ batches: [MicroBatch], _ layout: Layout, keys: [[Int32]], _ executor: Executor) {
    var tensors = UniqueArray<Tensor>()
    inputs = zip(batches, keys).map { batch, key in
      Input(
        ids: layout.holdsFirst ? StepTensors.write(batch.inputs, executor, &tensors) : nil,
        targets: layout.holdsLast ? StepTensors.write(batch.targets, executor, &tensors) : nil,
        key: StepTensors.write(key, executor, &tensors))
    }
    self.tensors = tensors
    losses = executor.allocate([batches.count], .float64, .workspace)
    if !layout.holdsLast {
      executor.launch(.fill(count: batches.count, value: 0, .float64), writing: [losses.view])
    }
  }

  private static func write(
    _ values: [Int32], _ executor: Executor, _ tensors: inout UniqueArray<Tensor>
  ) -> TensorView {
    let tensor = executor.allocate([values.count], .int32, .inputs)
    let view = tensor.view
    executor.write(values, to: view)
    tensors.append(tensor)
    return view
  }

  func key(_ microBatch: Int) -> TensorView { inputs[microBatch].key }

  func batch(_ microBatch: Int, scale: TensorView) -> Stage.Batch {
    Stage.Batch(
      ids: inputs[microBatch].ids, targets: inputs[microBatch].targets,
      loss: losses.view[microBatch..<microBatch + 1], scale: scale)
  }
}
