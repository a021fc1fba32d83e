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

  package init(_ architecture: Architecture, _ type: ScalarType, device: any Device) {
    let (model, executor) = (Transformer(architecture), Executor(device: device))
    (self.model, self.type, self.executor) = (model, type, executor)
    let counts = Dictionary(uniqueKeysWithValues: model.units.enumerated().map { ($0, $1.count) })
    tensors = UnitTensors(counts, type, .parameters, executor)
  }

  package func begin(_ order: [Int]) {}
  package func parameters(of unit: Int) -> Parameters { Parameters(model.units[unit], tensors.view(of: unit)) }
  package func release(_ unit: Int) {}

  /// Takes the parameters of a checkpoint or of a Hugging Face folder, whatever their precision.
  ///
  /// - Errors: `CheckpointError` for a parameter that is missing or has another shape.
  package func load(_ folder: ModelFolder) throws {
    let values = StoredValues(folder)
    try write { try values.values($0, 0..<$0.count, named: $0.name) }
  }

  /// Sets every parameter to its values.
  package func write(_ values: (ParameterSpec) throws -> [Double]) rethrows {
    for (number, unit) in model.units.enumerated() {
      for (parameter, range) in zip(unit.parameters, unit.ranges) {
        executor.write(try values(parameter), to: tensors.view(of: number)[range])
      }
    }
  }
}
