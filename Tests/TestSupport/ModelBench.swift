package import Execution
import Host
import Kernels
package import Model
import Program
import Quantities

/// A whole model with one parameter tensor a unit, for finite differences of its loss in fp64.
package final class ModelBench: ParameterSource, GradientSink {
  package let executor: Executor
  private let stage: Stage
  private let pass: Pass
  private let key: Tensor
  private let benches: [Unit]
  private let progress: [GradientProgress]
  private let ids, targets, scale, lossSum: Tensor

  private final class Unit {
    let values, gradients: Tensor
    init(_ values: consuming Tensor, _ gradients: consuming Tensor) {
      self.values = values
      self.gradients = gradients
    }
  }

  package init(_ model: ModelConfiguration, batch: Int, sequence: Int, fault: FaultyDevice.Fault? = nil) throws {
    setMatmulThreads(1)
    let host = try HostDevice(transport: nil)
    let executor = Executor(device: fault.map { FaultyDevice(host, rank: 0, $0) } ?? host as any Device)
    (self.executor, stage) = (executor, Stage(Transformer(model.architecture)))
    benches = stage.model.units.map { unit in
      Unit(
        executor.allocate([unit.count], .float64, .parameters), executor.allocate([unit.count], .float64, .gradients))
    }
    key = executor.allocate([randomKeyCount], .int32, .inputs)
    executor.write([Int32](arrayLiteral: 5, 1, 2, 3), to: key.view)
    let rows = batch * sequence
    progress = stage.model.units.map { _ in GradientProgress() }
    ids = executor.allocate([rows], .int32, .inputs)
    targets = executor.allocate([rows], .int32, .inputs)
    scale = executor.allocate([1], .float64, .workspace)
    lossSum = executor.allocate([1], .float64, .workspace)
    pass = Pass(executor: executor, type: .float64, batch: batch, sequence: sequence, randomKey: key.view)
    fill(rows: rows, vocabulary: model.vocabularySize)
  }

  private func fill(rows: Int, vocabulary: Int) {
    executor.write((0..<rows).map { Int32($0 * $0 % vocabulary) }, to: ids.view)
    executor.write((0..<rows).map { Int32(($0 * 3 + 1) % vocabulary) }, to: targets.view)
    executor.write([1.0], to: scale.view)
    // Larger than a first initialisation, so that no gradient drowns in the rounding of the loss.
    for (index, bench) in benches.enumerated() {
      executor.write((0..<bench.values.count).map { 0.3 * noise($0 + 100 * index) }, to: bench.values.view)
    }
  }

  /// Noise in (−1, 1) that needs no state.
  private func noise(_ index: Int) -> Double {
    let hash = (UInt64(index) &+ 1) &* 0x9e37_79b9_7f4a_7c15
    return Double(((hash ^ (hash >> 29)) &* 0xbf58_476d_1ce4_e5b9) >> 11) * 0x1p-52 - 1
  }

  package func begin(_ order: [Int]) {}
  package func release(_ unit: Int) {}
  package func parameters(of unit: Int) -> Parameters {
    Parameters(stage.model.units[unit], benches[unit].values.view)
  }
  package func gradients(of unit: Int) -> Gradients {
    Gradients(stage.model.units[unit], benches[unit].gradients.view, progress[unit])
  }
  package func finished(_ unit: Int) {}

  /// The sum of all rows' losses.
  package func loss() throws -> Double {
    _ = try forward()
    return executor.values(lossSum.view)![0]
  }

  private var batchOperands: Stage.Batch {
    Stage.Batch(ids: ids.view, targets: targets.view, loss: lossSum.view, scale: scale.view)
  }

  private func forward() throws -> Stage.Output { try stage.forward(nil, batchOperands, self, pass) }

  /// What violates the gradients of the tensors whose name contains `part`; nil where all are right.
  package func violation(of part: String = "", step: Double = 1e-3) throws -> String? {
    for progress in progress { progress.reset() }
    try forward().split { _, saved in
      _ = try stage.backward(nil, saved, batchOperands, self, self, later: false, pass)
    }
    let checked = stage.model.units.indices.flatMap { unit in
      zip(stage.model.units[unit].parameters, stage.model.units[unit].ranges).map { parameter, range in
        CheckedTensor(
          parameter.name, benches[unit].values.view[range], executor.values(benches[unit].gradients.view[range])!)
      }
    }
    let chosen = checked.filter { part.isEmpty || $0.name.contains(part) }
    if chosen.isEmpty { return "no tensor is named \(part)" }
    var check = GradientCheck(executor)
    check.step = step
    return try check.violation(chosen) { try loss() }
  }
}
