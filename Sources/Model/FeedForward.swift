import Execution
import Mesh
import Program

/// The perceptron of a block: plain, or gated as in SwiGLU (Shazeer 2020, arXiv:2002.05202).
///
///     y[N, H] = f(x·W1 + b1)[N, I] · W2 + b2        y[N, H] = (f(x·Wg) ∘ x·Wu)[N, I] · Wd
///
/// Tensor-parallel ranks hold I / T of the inner features: the first matrix is cut by columns, the second by rows.
///
/// - Saves: the activation's input and output.
/// - Communicates: as `CutPair` does.
package struct FeedForward: Sendable {
  private let pair: CutPair
  private let function: Activation
  private let isGated: Bool

  package init(_ names: BlockNames, _ architecture: Architecture, in unit: inout ParameterUnit) {
    (function, isGated) = (architecture.activation, architecture.feedForward == .gated)
    let inner = architecture.intermediate
    let expansion = Linear(
      names.expansion.map { Linear.Output($0, inner) }, inputs: architecture.hidden, cut: .columns,
      deviation: architecture.deviation, bias: architecture.feedForwardBias, transposed: names.areTransposed, in: &unit)
    let contraction = Linear(
      [Linear.Output(names.contraction, architecture.hidden)], inputs: inner, cut: .rows,
      deviation: architecture.residualDeviation, bias: architecture.feedForwardBias, transposed: names.areTransposed,
      in: &unit)
    pair = CutPair(first: expansion, second: contraction)
  }

  private var expandedWidth: Int { pair.first.outputs }

  package struct Saved: ~Copyable {
    let expanded, activated: Tensor
  }
  package struct Output: ~Copyable {
    let y: Tensor
    let saved: Saved
  }

  func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Output {
    let expanded = try pair.enter(x, parameters, pass)
    let rows = expanded.count / expandedWidth
    let activated = pass.activation([rows, pair.second.inputs])
    pass.executor.launch(operation(rows, pass), reading: [expanded.view], writing: [activated.view])
    let y = try pair.leave(activated.view, parameters, pass)
    return Output(y: y, saved: Saved(expanded: expanded, activated: activated))
  }

  /// - Parameter later: whether the weight gradients are left for `backwardWeight`.
  func backward(
    _ dy: TensorView, x: TensorView, _ saved: consuming Saved, _ parameters: Parameters, _ gradients: Gradients,
    later: Bool, _ pass: Pass
  ) throws -> CutPair.Backward {
    let arrived = try pair.backwardLeave(dy, parameters, gradients, pass)
    let dexpanded = backwardActivation(arrived.inner, saved.expanded.view, pass)
    let pending = CutPair.Pending(inner: saved.activated, douter: dexpanded, dy: arrived.dy)
    return try pair.backwardEnter(pending, x: x, parameters, gradients, later: later, pass)
  }

  func backwardWeight(
    _ pending: consuming CutPair.Pending, x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) throws {
    try pair.backwardWeight(pending, x: x, gradients, pass)
  }

  private func operation(_ rows: Int, _ pass: Pass) -> Operation {
    isGated
      ? .gatedActivation(function, rows: rows, columns: pair.second.inputs, pass.type)
      : .activation(function, count: rows * pair.second.inputs, pass.type)
  }

  private func backwardActivation(_ dy: consuming Tensor, _ expanded: TensorView, _ pass: Pass) -> Tensor {
    guard isGated else {
      pass.executor.launch(
        .activationBackward(function, count: dy.count, pass.type), reading: [dy.view, expanded], writing: [dy.view])
      return dy
    }
    let rows = dy.count / pair.second.inputs
    let result = pass.activation([rows, expandedWidth])
    pass.executor.launch(
      .gatedActivationBackward(function, rows: rows, columns: pair.second.inputs, pass.type),
      reading: [dy.view, expanded], writing: [result.view])
    return result
  }
}
