import BasicContainers
package import Execution
import Mesh
package import Model
import Program
package import Quantities

/// The gradients of one step. A unit's memory is taken when its first gradient comes, after the activations of later layers have
/// gone, and summed over the data axis as soon as the last micro-batch has added to it, in buckets on the gradients stream.
package final class GradientStore: GradientSink {
  private let units: [ParameterUnit]
  private let type: ScalarType
  private let executor: Executor
  private let communicator: Communicator
  private let bucket: Int
  private var tensors: UniqueArray<Tensor?>
  private var written: Set<Int> = []
  private var isLast = false

  /// - Parameter bucket: values of one all-reduce at the most.
  package init(
    _ units: [ParameterUnit], _ type: ScalarType, _ executor: Executor, _ communicator: Communicator, bucket: Int
  ) {
    (self.units, self.type, self.executor) = (units, type, executor)
    (self.communicator, self.bucket) = (communicator, max(1, bucket))
    tensors = UniqueArray(minimumCapacity: units.count)
    for _ in units { tensors.append(nil) }
  }

  /// - Parameter isLast: whether units that finish in this micro-batch are complete.
  package func beginMicroBatch(isLast: Bool) { self.isLast = isLast }

  package func gradients(of unit: Int) -> Gradients {
    if tensors[unit] == nil { tensors[unit] = executor.allocate([units[unit].count], type, .gradients) }
    return Gradients(units[unit], view(of: unit), accumulate: written.contains(unit))
  }

  package func finished(_ unit: Int) throws {
    written.insert(unit)
    guard isLast, communicator.size(.data) > 1 else { return }
    executor.wait(executor.record(on: .compute), on: .gradients)
    let view = view(of: unit)
    for start in stride(from: 0, to: view.count, by: bucket) {
      try communicator.allReduce(view[start..<min(start + bucket, view.count)], along: .data, on: .gradients)
    }
  }

  /// The compute stream goes on when every sum is there.
  package func waitForSums() {
    guard communicator.size(.data) > 1 else { return }
    executor.wait(executor.record(on: .gradients), on: .compute)
  }

  package func view(of unit: Int) -> TensorView {
    guard let view = tensors[unit]?.view else { preconditionFailure("unit \(unit) has no gradient yet") }
    return view
  }

  /// Frees every unit: the next step begins with nothing.
  package func release() {
    for unit in units.indices { tensors[unit] = nil }
    written = []
  }
}
