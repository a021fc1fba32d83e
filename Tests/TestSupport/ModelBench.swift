package import Execution
import Host
import Kernels
package import Model
import Program
import Quantities

/// A model or a part of it with one parameter tensor a unit, for finite differences of its loss in fp64. A part that ends before the
/// head has for its loss a weighted sum of what it makes; one that begins after the embedding is judged on its input too.
package final class ModelBench: ParameterSource, GradientSink {
  package let executor: Executor
  private let stage: Stage
  private let pass: Pass
  private let key: Tensor
  private let benches: [Unit]
  private let progress: [GradientProgress]
  private let ids, targets, scale, lossSum, input, weights: Tensor

  private final class Unit {
    let values, gradients: Tensor
    init(_ values: consuming Tensor, _ gradients: consuming Tensor) {
      self.values = values
      self.gradients = gradients
    }
  }

  /// - Parameter stage: nil for the whole model.
  package init(
    _ architecture: Architecture, stage: Stage? = nil, batch: Int, sequence: Int,
    recomputation: Recomputation = .none, fault: FaultyDevice.Fault? = nil
  ) throws {
    setMatmulThreads(1)
    let host = try HostDevice(transport: nil)
    let executor = Executor(device: fault.map { FaultyDevice(host, rank: 0, $0) } ?? host as any Device)
    (self.executor, self.stage) = (executor, stage ?? Stage(Transformer(architecture)))
    benches = self.stage.model.units.map { unit in
      Unit(
        executor.allocate([unit.count], .float64, .parameters), executor.allocate([unit.count], .float64, .gradients))
    }
    key = executor.allocate([randomKeyCount], .int32, .inputs)
    executor.write([Int32](arrayLiteral: 5, 1, 2, 3), to: key.view)
    let rows = batch * sequence
    progress = self.stage.model.units.map { _ in GradientProgress() }
    ids = executor.allocate([rows], .int32, .inputs)
    targets = executor.allocate([rows], .int32, .inputs)
    scale = executor.allocate([1], .float64, .workspace)
    lossSum = executor.allocate([1], .float64, .workspace)
    input = executor.allocate([rows, architecture.hidden], .float64, .activations)
    weights = executor.allocate([rows, architecture.hidden], .float64, .activations)
    pass = Pass(
      executor: executor, type: .float64, batch: batch, sequence: sequence, randomKey: key.view,
      recomputation: recomputation)
    fill(rows: rows, vocabulary: architecture.vocabulary)
  }

  private func fill(rows: Int, vocabulary: Int) {
    executor.write((0..<rows).map { Int32($0 * $0 % vocabulary) }, to: ids.view)
    // Rows without a target have no loss, and no gradient.
    executor.write((0..<rows).map { $0 % 5 == 4 ? -1 : Int32(($0 * 3 + 1) % vocabulary) }, to: targets.view)
    executor.write([0.7], to: scale.view)
    executor.write((0..<input.count).map { noise($0 + 7000) }, to: input.view)
    executor.write((0..<weights.count).map { noise($0 + 9000) }, to: weights.view)
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

  private var batch: Stage.Batch {
    Stage.Batch(ids: ids.view, targets: targets.view, loss: lossSum.view, scale: scale.view)
  }

  /// A layer takes its operand over, so that each pass needs one of its own.
  private func copy(_ source: borrowing Tensor) -> Tensor {
    let result = executor.allocate(source.spec.shape, .float64, .activations)
    executor.launch(.copy(count: source.count, .float64), reading: [source.view], writing: [result.view])
    return result
  }

  private func forward() throws -> Stage.Output {
    try stage.forward(stage.isFirst ? nil : copy(input), batch, self, pass)
  }
}

extension ModelBench {
  private func loss() throws -> Double {
    var sum = 0.0
    try forward().split { hidden, _ in
      if let hidden { sum = zip(values(hidden.view), values(weights.view)).reduce(0) { $0 + $1.0 * $1.1 } }
    }
    return stage.isLast ? 0.7 * values(lossSum.view)[0] : sum
  }

  private func values(_ view: TensorView) -> [Double] { executor.values(view)! }

  /// What violates the gradients of the tensors whose name contains `part`; nil where all are right.
  ///
  /// - Parameter later: whether weight gradients come in a pass of their own.
  package func violation(of part: String = "", step: Double = 1e-3, later: Bool = false) throws -> String? {
    for progress in progress { progress.reset() }
    var checked: [CheckedTensor] = []
    try forward().split { _, saved in
      let backward = try stage.backward(
        stage.isLast ? nil : copy(weights), saved, batch, self, self, later: later, pass)
      try backward.split { dx, pending in
        if let dx { checked.append(CheckedTensor("input", input.view, values(dx.view))) }
        if let pending { try stage.backwardWeight(pending, self, pass) }
      }
    }
    checked += stage.units.flatMap(parameters)
    let chosen = checked.filter { part.isEmpty || $0.name.contains(part) }
    if chosen.isEmpty { return "no tensor is named \(part)" }
    var check = GradientCheck(executor)
    check.step = step
    return try check.violation(chosen) { try loss() }
  }

  private func parameters(_ unit: Int) -> [CheckedTensor] {
    zip(stage.model.units[unit].parameters, stage.model.units[unit].ranges).map { parameter, range in
      CheckedTensor(
        parameter.name, benches[unit].values.view[range], values(benches[unit].gradients.view[range]))
    }
  }
}
