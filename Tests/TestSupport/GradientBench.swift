package import Execution
import Host
import Kernels
package import Model
import Program
import Quantities
import Training

/// A device of one's own, parameters of one unit with gradients beside them, and a random key: what a layer needs to be judged
/// alone, in fp64.
package final class GradientBench {
  package let executor: Executor
  package let pass: Pass
  package let parameters: Parameters
  package let gradients: Gradients
  private let unit: ParameterUnit
  private let parameterMemory, gradientMemory, key: Tensor
  private var state: UInt64 = 0x9e37_79b9_7f4a_7c15

  package init(
    _ unit: ParameterUnit, batch: Int, sequence: Int, dropping: Bool = false, fault: FaultyDevice.Fault? = nil
  ) throws {
    setMatmulThreads(1)
    let host = try HostDevice(transport: nil)
    executor = Executor(device: fault.map { FaultyDevice(host, rank: 0, $0) } ?? host as any Device)
    parameterMemory = executor.allocate([unit.count], .float64, .parameters)
    gradientMemory = executor.allocate([unit.count], .float64, .gradients)
    key = executor.allocate([randomKeyCount], .int32, .inputs)
    self.unit = unit
    parameters = Parameters(unit, parameterMemory.view)
    gradients = Gradients(unit, gradientMemory.view, GradientProgress())
    executor.write([Int32](arrayLiteral: 11, 0, 4, 2), to: key.view)
    pass = Pass(
      executor: executor, type: .float64, batch: batch, sequence: sequence, randomKey: dropping ? key.view : nil)
    executor.write(noise(unit.count, around: 0.3), to: parameterMemory.view)
  }

  /// Numbers in (center − 1, center + 1), the same in every run.
  package func noise(_ count: Int, around center: Double = 0) -> [Double] {
    (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return center + Double(state >> 11) * 0x1p-52 - 1
    }
  }

  /// An activation full of noise.
  package func input(_ shape: [Int]) -> Tensor { tensor(noise(shape.reduce(1, *)), shape) }

  package func tensor(_ values: [Double], _ shape: [Int]) -> Tensor {
    let tensor = executor.allocate(shape, .float64, .activations)
    executor.write(values, to: tensor.view)
    return tensor
  }

  package func ids(_ values: [Int32]) -> Tensor {
    let tensor = executor.allocate([values.count], .int32, .inputs)
    executor.write(values, to: tensor.view)
    return tensor
  }

  package func values(_ view: TensorView) -> [Double] { executor.values(view)! }

  /// A layer's output as one number: Σ y·weights, whose gradient by y is the weights.
  package func dot(_ y: borrowing Tensor, _ weights: [Double]) -> Double {
    zip(values(y.view), weights).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// Every parameter with the gradient that the backward pass left.
  package var checked: [CheckedTensor] {
    zip(unit.parameters, unit.ranges).map { parameter, range in
      CheckedTensor(parameter.name, parameters.view[range], values(gradientMemory.view[range]))
    }
  }
}

/// The parameters of another unit on a bench's device, with gradients beside them.
package final class SecondUnit {
  package let parameters: Parameters
  package let gradients: Gradients
  private let unit: ParameterUnit
  private let executor: Executor
  private let parameterMemory, gradientMemory: Tensor

  fileprivate init(_ unit: ParameterUnit, _ values: [Double], _ executor: Executor) {
    (self.unit, self.executor) = (unit, executor)
    parameterMemory = executor.allocate([unit.count], .float64, .parameters)
    gradientMemory = executor.allocate([unit.count], .float64, .gradients)
    parameters = Parameters(unit, parameterMemory.view)
    gradients = Gradients(unit, gradientMemory.view, GradientProgress())
    executor.write(values, to: parameterMemory.view)
  }

  package var checked: [CheckedTensor] {
    zip(unit.parameters, unit.ranges).map { parameter, range in
      CheckedTensor(parameter.name, parameters.view[range], executor.values(gradientMemory.view[range])!)
    }
  }
}

extension GradientBench {
  /// A second unit, for layers whose parameters lie in two.
  package func beside(_ unit: ParameterUnit) -> SecondUnit {
    SecondUnit(unit, noise(unit.count, around: 0.3), executor)
  }
}
