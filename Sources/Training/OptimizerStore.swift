package import Execution
import Model
package import Program
import Quantities

/// The optimizer's state for the parts of units that a rank updates: the rule's states, and master weights where parameters are
/// stored in 16 bits or state lives in the host's memory.
///
/// - Memory: optimizer; with offload, the host's. Then each update copies the gradient over and the parameters back, on the host's
///   stream.
/// - Communicates: nothing. Ren et al. 2021, arXiv:2101.06840, for offload.
package final class OptimizerStore {
  private let layout: Layout
  private let rule: OptimizerRule
  private let precision: PrecisionPlan
  private let executor: Executor
  /// In the order of the rule's state names.
  package let states: [UnitTensors]
  /// Nil where the parameters themselves are updated.
  package let masters: UnitTensors?

  package init(_ layout: Layout, _ rule: OptimizerRule, _ precision: PrecisionPlan, _ executor: Executor) {
    (self.layout, self.rule, self.precision, self.executor) = (layout, rule, precision, executor)
    let counts = Dictionary(uniqueKeysWithValues: layout.ownUnits.map { ($0, layout.updated($0).count) })
    let category: MemoryCategory = layout.zero.offloadsOptimizer ? .offloaded : .optimizer
    let needsMasters = precision.master != precision.type || layout.zero.offloadsOptimizer
    masters = needsMasters ? UnitTensors(counts, precision.master, category, executor) : nil
    states = rule.stateNames.map { _ in UnitTensors(counts, precision.master, category, executor) }
  }

  /// States begin at zero. Master weights are written with the parameters.
  package func begin() {
    for unit in layout.ownUnits {
      for state in states {
        let view = state.view(of: unit)
        executor.launch(.fill(count: view.count, value: 0, view.type), writing: [view])
      }
    }
  }

  /// One step of a unit's part. `scalars` are learning rate, step, clip coefficient, loss scale.
  package func update(_ unit: Int, gradient: TensorView, parameter: TensorView, scalars: TensorView) {
    guard let masters else { return step(unit, gradient, parameter, scalars, on: .compute) }
    let master = masters.view(of: unit)
    guard layout.zero.offloadsOptimizer else {
      step(unit, gradient, master, scalars, on: .compute)
      return convert(master, to: parameter, on: .compute)
    }
    executor.wait(executor.record(on: .compute), on: .host)
    let copy = executor.allocate([gradient.count], gradient.type, .offloaded)
    executor.launch(.copy(count: gradient.count, gradient.type), reading: [gradient], writing: [copy.view], on: .host)
    step(unit, copy.view, master, scalars, on: .host)
    convert(master, to: parameter, on: .host)
    executor.wait(executor.record(on: .host), on: .compute)
  }

  /// The parameters as the master weights have them.
  private func convert(_ master: TensorView, to parameter: TensorView, on stream: Program.Stream) {
    executor.launch(
      master.type == parameter.type
        ? .copy(count: master.count, master.type)
        : .convert(count: master.count, from: master.type, to: parameter.type),
      reading: [master], writing: [parameter], on: stream)
  }

  private func step(
    _ unit: Int, _ gradient: TensorView, _ parameter: TensorView, _ scalars: TensorView, on stream: Program.Stream
  ) {
    let updated = layout.updated(unit)
    let border = min(max(layout.model.units[unit].decayedCount, updated.lowerBound), updated.upperBound)
    let parts = [(updated.lowerBound..<border, rule), (border..<updated.upperBound, rule.withoutDecay)]
    for (range, rule) in parts where !range.isEmpty {
      let place = range.lowerBound - updated.lowerBound..<range.upperBound - updated.lowerBound
      let values = [parameter] + states.map { $0.view(of: unit) }
      executor.launch(
        .optimizerStep(
          rule, count: place.count, guarded: precision.lossScaling != nil, gradient: gradient.type, precision.master),
        reading: [gradient[place], scalars], writing: values.map { $0[place] }, on: stream)
    }
  }
}
