import Execution
import Mesh
import Model
import Program

/// Sums of gradients that several ranks hold parts of, beside the data-parallel ones: once a step, after those, on the parts that
/// each rank updates.
///
/// - Communicates: under sequence parallelism, one all-reduce of all gradients of replicated parameters along the tensor axis, whose
///   rows each rank has only a part of; of a tied table on two ranks, one all-reduce between first and last stage.
struct SharedGradients {
  let layout: Layout
  let executor: Executor
  let communicator: Communicator

  func sum(_ gradients: GradientStore) throws {
    try sumReplicated(gradients)
    try sumTied(gradients)
  }

  private func sumReplicated(_ gradients: GradientStore) throws {
    guard layout.model.partition.isSequenceParallel else { return }
    let views = layout.ownUnits.flatMap { replicated(gradients.updated($0), unit: $0) }
    guard let type = views.first?.type else { return }
    let together = executor.allocate([views.reduce(0) { $0 + $1.count }], type, .communication)
    var places: [TensorView] = []
    for view in views {
      let start = places.reduce(0) { $0 + $1.count }
      places.append(together.view[start..<start + view.count])
      executor.launch(.copy(count: view.count, type), reading: [view], writing: [places.last!])
    }
    // By pairs, so that no value's sum depends on where its shard lies in the buffer.
    try communicator.allReduceByPairs(together.view, along: .tensor, on: .compute)
    for (view, place) in zip(views, places) {
      executor.launch(.copy(count: view.count, type), reading: [place], writing: [view])
    }
    // The places are views of it.
    _ = consume together
  }

  private func replicated(_ view: TensorView, unit: Int) -> [TensorView] {
    let updated = layout.updated(unit)
    return layout.model.units[unit].replicated.map { $0.clamped(to: updated) }.filter { !$0.isEmpty }.map {
      view[$0.lowerBound - updated.lowerBound..<$0.upperBound - updated.lowerBound]
    }
  }

  private func sumTied(_ gradients: GradientStore) throws {
    guard let copy = layout.model.copyUnit else { return }
    let table = Transformer.tableUnit
    switch (layout.holdsFirst, layout.holdsLast) {
    case (true, true):
      let (own, other) = (gradients.updated(table), gradients.updated(copy))
      executor.launch(.add(count: own.count, own.type), reading: [other], writing: [own])
      executor.launch(.copy(count: own.count, own.type), reading: [own], writing: [other])
    case (true, false):
      try communicator.allReduceByPairs(gradients.updated(table), among: layout.ends, as: .ends, on: .compute)
    case (false, true):
      try communicator.allReduceByPairs(gradients.updated(copy), among: layout.ends, as: .ends, on: .compute)
    case (false, false): break
    }
  }
}
