package import Checkpoint
package import Execution
package import Model
import Program
package import Quantities

/// A whole model's parameters on one rank, for programs that only read them.
package final class WholeParameters: ParameterSource {
  package let model: Transformer
  package let type: ScalarType
  package let executor: Executor
  private let tensors: UnitTensors
  private let places: [String: TensorView]

  package init(_ architecture: Architecture, _ type: ScalarType, device: any Device) {
    let (model, executor) = (Transformer(architecture), Executor(device: device))
    (self.model, self.type, self.executor) = (model, type, executor)
    let counts = Dictionary(uniqueKeysWithValues: model.units.enumerated().map { ($0, $1.count) })
    let tensors = UnitTensors(counts, type, .parameters, executor)
    self.tensors = tensors
    places = Dictionary(
      uniqueKeysWithValues: model.units.enumerated().flatMap { number, unit in
        zip(unit.parameters, unit.ranges).map { ($0.name, tensors.view(of: number)[$1]) }
      })
  }

  package func begin(_ order: [Int]) {}
  package func parameters(of unit: Int) -> Parameters { Parameters(model.units[unit], tensors.view(of: unit)) }
  package func release(_ unit: Int) {}

  /// Takes the parameters of a checkpoint or of a Hugging Face folder, whatever their precision.
  ///
  /// - Errors: `CheckpointError` for a parameter that is missing or has another shape.
  package func load(_ folder: ModelFolder) throws {
    let values = StoredValues(folder)
    for parameter in model.units.flatMap(\.parameters) {
      write(parameter, try values.values(parameter, 0..<parameter.count, named: parameter.name))
    }
  }

  /// Sets a parameter to its values.
  package func write(_ parameter: ParameterSpec, _ values: [Double]) {
    executor.write(values, to: places[parameter.name]!)
  }
}
