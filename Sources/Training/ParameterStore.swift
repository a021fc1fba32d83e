package import Execution
import Mesh
package import Model
import Program
package import Quantities

/// The parameters of the units that a rank holds: whole, or, at ZeRO stage 3, its shards, from which units are gathered for every use
/// and freed after it.
///
/// - Memory: whole units or shards are parameters; gathered units are communication buffers, two at a time: the one in use and the
///   next, and a tied table while both of its users are in one stage.
/// - Communicates, at stage 3: an all-gather of each unit for each pass that uses it, along the shard scope, on a stream of its own.
package final class ParameterStore: ParameterSource {
  private let layout: Layout
  private let type: ScalarType
  private let executor: Executor
  private let communicator: Communicator
  /// Whole units, or this rank's shards.
  private let kept: UnitTensors
  private let gathered: PassingTensors
  /// The units still to come in the pass, and how often each will be used.
  private var queue: ArraySlice<Int> = []
  private var uses: [Int: Int] = [:]
  private var arrivals: [Int: Event] = [:]

  package init(_ layout: Layout, _ type: ScalarType, _ executor: Executor, _ communicator: Communicator) {
    (self.layout, self.type, self.executor, self.communicator) = (layout, type, executor, communicator)
    let counts = layout.ownUnits.map { unit in
      (unit, layout.gathersParameters ? layout.updated(unit).count : layout.model.units[unit].count)
    }
    kept = UnitTensors(Dictionary(uniqueKeysWithValues: counts), type, .parameters, executor)
    gathered = PassingTensors(places: layout.model.units.count)
  }

  /// The part of a unit that this rank's optimizer updates.
  package func updated(_ unit: Int) -> TensorView {
    layout.gathersParameters ? kept.view(of: unit) : kept.view(of: unit)[layout.updated(unit)]
  }

  /// All that is kept of a unit, and which part of it that is.
  package func kept(_ unit: Int) -> (view: TensorView, range: Range<Int>) {
    let range = layout.gathersParameters ? layout.updated(unit) : 0..<layout.model.units[unit].count
    return (kept.view(of: unit), range)
  }
}

extension ParameterStore {
  package func begin(_ order: [Int]) throws {
    guard layout.gathersParameters else { return }
    precondition(uses.values.allSatisfy { $0 == 0 }, "a pass begins before another has given everything back")
    queue = order[...]
    uses = Dictionary(order.map { ($0, 1) }, uniquingKeysWith: +)
    try gatherNext()
  }

  package func parameters(of unit: Int) throws -> Parameters {
    guard layout.gathersParameters else { return Parameters(layout.model.units[unit], kept.view(of: unit)) }
    if gathered.view(of: unit) == nil { try gather(unit) }
    if let arrival = arrivals.removeValue(forKey: unit) { executor.wait(arrival, on: .compute) }
    if let place = queue.firstIndex(of: unit) { queue = queue[(place + 1)...] }
    try gatherNext()
    return Parameters(layout.model.units[unit], gathered.view(of: unit)!)
  }

  package func release(_ unit: Int) {
    guard layout.gathersParameters else { return }
    uses[unit, default: 1] -= 1
    if uses[unit]! <= 0 { gathered.drop(unit) }
  }

  /// The unit after the one in use travels while that one computes.
  private func gatherNext() throws {
    guard let next = queue.first, gathered.view(of: next) == nil else { return }
    try gather(next)
  }

  private func gather(_ unit: Int) throws {
    let whole = executor.allocate([layout.model.units[unit].count], type, .communication)
    let (view, shard) = (whole.view, layout.updated(unit))
    executor.launch(
      .copy(count: shard.count, type), reading: [kept.view(of: unit)], writing: [view[shard]], on: .parameters)
    try communicator.allGather(view, along: layout.mesh.shardScope, on: .parameters)
    arrivals[unit] = executor.record(on: .parameters)
    gathered.put(whole, unit)
  }

  /// Whole units again after an update of shards. Communicates an all-gather of every unit, at stages 1 and 2.
  package func gatherUpdated(_ unit: Int) throws {
    guard layout.zero.stage > 0, !layout.gathersParameters else { return }
    executor.wait(executor.record(on: .compute), on: .parameters)
    try communicator.allGather(kept.view(of: unit), along: layout.mesh.shardScope, on: .parameters)
  }

  package func waitForGathers() {
    guard layout.zero.stage > 0, !layout.gathersParameters, layout.mesh.shardSize > 1 else { return }
    executor.wait(executor.record(on: .parameters), on: .compute)
  }
}
