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
/// - Communicates: forward, the sum of [N, H] along the tensor axis; backward, the sum of dx [N, H], beside the weight gradients.
///   Under sequence parallelism each is a reduce-scatter, and x, dy and, for the weight gradient, x again are gathered.
package struct FeedForward: Sendable {
  private let expansion, contraction: Linear
  private let function: Activation
  private let isGated: Bool

  package init(_ names: BlockNames, _ architecture: Architecture, in unit: inout ParameterUnit) {
    (function, isGated) = (architecture.activation, architecture.feedForward == .gated)
    let inner = architecture.intermediate
    expansion = Linear(
      names.expansion.map { Linear.Output($0, inner) }, inputs: architecture.hidden, cut: .columns,
      deviation: architecture.deviation, bias: architecture.feedForwardBias, transposed: names.areTransposed, in: &unit)
    contraction = Linear(
      [Linear.Output(names.contraction, architecture.hidden)], inputs: inner, cut: .rows,
      deviation: architecture.residualDeviation, bias: architecture.feedForwardBias, transposed: names.areTransposed,
      in: &unit)
  }

  package struct Saved: ~Copyable {
    let expanded, activated: Tensor
  }
  package struct Output: ~Copyable {
    let y: Tensor
    let saved: Saved
  }

  func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Output {
    let gathered = try pass.gather(x)
    let expanded = expansion.forward(gathered.view, parameters, pass)
    _ = consume gathered
    let rows = expanded.count / expansion.outputs
    let activated = pass.activation([rows, contraction.inputs])
    pass.executor.launch(operation(rows, pass), reading: [expanded.view], writing: [activated.view])
    let y = try pass.sum(contraction.forward(activated.view, parameters, pass))
    contraction.addBias(to: y.view, parameters, pass)
    return Output(y: y, saved: Saved(expanded: expanded, activated: activated))
  }

  /// What the weight gradients still need.
  package struct Pending: ~Copyable {
    let activated, dexpanded: Tensor
    let dy: AllRows
  }
  package struct Backward: ~Copyable {
    let dx: Tensor
    let pending: Pending?
  }

  /// - Parameter later: whether the weight gradients are left for `backwardWeight`; else they overlap with the sum of dx.
  func backward(
    _ dy: TensorView, x: TensorView, _ saved: consuming Saved, _ parameters: Parameters, _ gradients: Gradients,
    later: Bool, _ pass: Pass
  ) throws -> Backward {
    contraction.backwardBias(dy, gradients, pass)
    let gathered = try pass.gather(dy)
    let dactivated = contraction.backwardInput(gathered.view, parameters, pass)
    let dexpanded = backwardActivation(dactivated, saved.expanded.view, pass)
    let pending = Pending(activated: saved.activated, dexpanded: dexpanded, dy: gathered)
    guard !later else {
      let dx = try pass.sum(expansion.backwardInput(pending.dexpanded.view, parameters, pass))
      return Backward(dx: dx, pending: pending)
    }
    let inputs = try pass.beginGather(x)
    let summing = try pass.beginSum(expansion.backwardInput(pending.dexpanded.view, parameters, pass))
    let whole = pass.finish(inputs)
    backwardWeight(pending, whole: whole.view, gradients, pass)
    _ = consume whole
    return Backward(dx: pass.finish(summing), pending: nil)
  }

  func backwardWeight(
    _ pending: consuming Pending, x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) throws {
    let whole = try pass.gather(x)
    backwardWeight(pending, whole: whole.view, gradients, pass)
    _ = consume whole
  }

  private func backwardWeight(
    _ pending: consuming Pending, whole x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) {
    contraction.backwardWeight(pending.activated.view, pending.dy.view, gradients, pass)
    expansion.backwardWeight(x, pending.dexpanded.view, gradients, pass)
    expansion.backwardBias(pending.dexpanded.view, gradients, pass)
  }

  private func operation(_ rows: Int, _ pass: Pass) -> Operation {
    isGated
      ? .gatedActivation(function, rows: rows, columns: contraction.inputs, pass.type)
      : .activation(function, count: rows * contraction.inputs, pass.type)
  }

  private func backwardActivation(_ dy: consuming Tensor, _ expanded: TensorView, _ pass: Pass) -> Tensor {
    guard isGated else {
      pass.executor.launch(
        .activationBackward(function, count: dy.count, pass.type), reading: [dy.view, expanded], writing: [dy.view])
      return dy
    }
    let rows = dy.count / contraction.inputs
    let result = pass.activation([rows, expansion.outputs])
    pass.executor.launch(
      .gatedActivationBackward(function, rows: rows, columns: contraction.inputs, pass.type),
      reading: [dy.view, expanded], writing: [result.view])
    return result
  }
}
