import BasicContainers
package import Execution
package import Model
package import Program
package import Quantities

/// Flat tensors, one a unit: a model's parameters, or one state of its optimizer.
package final class UnitTensors {
  package let units: [ParameterUnit]
  private var tensors = UniqueArray<Tensor>()

  package init(_ units: [ParameterUnit], _ type: ScalarType, _ category: MemoryCategory, _ executor: Executor) {
    self.units = units
    for unit in units { tensors.append(executor.allocate([unit.count], type, category)) }
  }

  package func view(of unit: Int) -> TensorView { tensors[unit].view }

  /// Every parameter with the place of its values.
  package var named: [(parameter: ParameterSpec, view: TensorView)] {
    units.indices.flatMap { unit in
      zip(units[unit].parameters, units[unit].ranges).map { ($0, view(of: unit)[$1]) }
    }
  }
}

/// A model's parameters, all resident.
package final class ParameterStore: ParameterSource {
  package let tensors: UnitTensors
  private let bound: [Parameters]

  package init(_ model: GPT2, _ type: ScalarType, _ executor: Executor) {
    let tensors = UnitTensors(model.units, type, .parameters, executor)
    self.tensors = tensors
    bound = model.units.enumerated().map { Parameters($1, tensors.view(of: $0)) }
  }

  package func parameters(of unit: Int) -> Parameters { bound[unit] }

  package func initialize(_ initializer: Initializer, _ executor: Executor) {
    for (parameter, view) in tensors.named { initializer.write(parameter, to: view, executor) }
  }
}
