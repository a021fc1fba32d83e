import Execution
import Mesh

/// Two linear layers around something that every tensor-parallel rank does with a part of its own: the first is cut by columns, the
/// second by rows.
///
///     y[N, H] = f(x[N, H] · W1) · W2
///
/// - Communicates: forward, the sum of y [N, H] along the tensor axis; backward, the sum of dx [N, H], beside the weight gradients.
///   Under sequence parallelism each is a reduce-scatter, and x, dy and, for the weight gradient, x again are gathered.
/// - Source: Shoeybi et al. 2019, arXiv:1909.08053, §3; Korthikanti et al. 2022, arXiv:2205.05198.
struct CutPair: Sendable {
  let first, second: Linear

  /// x · W1: this rank's part of the columns, all rows.
  func enter(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Tensor {
    let rows = try pass.gather(x)
    let inner = first.forward(rows.view, parameters, pass)
    _ = consume rows
    return inner
  }

  /// The sum of all ranks' parts of f · W2, with the bias.
  func leave(_ inner: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Tensor {
    let y = try pass.sum(second.forward(inner, parameters, pass))
    second.addBias(to: y.view, parameters, pass)
    return y
  }

  /// What arrives inside on the way back.
  struct Arrived: ~Copyable {
    /// The gradient of this rank's part of f.
    let inner: Tensor
    let dy: AllRows
  }

  func backwardLeave(
    _ dy: TensorView, _ parameters: Parameters, _ gradients: Gradients, _ pass: Pass
  ) throws -> Arrived {
    second.backwardBias(dy, gradients, pass)
    let rows = try pass.gather(dy)
    return Arrived(inner: second.backwardInput(rows.view, parameters, pass), dy: rows)
  }

  /// What the weight gradients still need: f, the gradient of x · W1, and all rows of dy.
  struct Pending: ~Copyable {
    let inner, douter: Tensor
    let dy: AllRows
  }
  struct Backward: ~Copyable {
    let dx: Tensor
    let pending: Pending?

    consuming func takePending() -> Pending? { pending }
  }

  /// - Parameter later: whether the weight gradients are left for `backwardWeight`; else they overlap with the sum of dx.
  func backwardEnter(
    _ pending: consuming Pending, x: TensorView, _ parameters: Parameters, _ gradients: Gradients, later: Bool,
    _ pass: Pass
  ) throws -> Backward {
    guard !later else {
      let dx = try pass.sum(first.backwardInput(pending.douter.view, parameters, pass))
      return Backward(dx: dx, pending: pending)
    }
    let inputs = try pass.beginGather(x)
    let summing = try pass.beginSum(first.backwardInput(pending.douter.view, parameters, pass))
    let rows = pass.finish(inputs)
    backwardWeight(pending, rows: rows.view, gradients, pass)
    _ = consume rows
    return Backward(dx: pass.finish(summing), pending: nil)
  }

  func backwardWeight(
    _ pending: consuming Pending, x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) throws {
    let rows = try pass.gather(x)
    backwardWeight(pending, rows: rows.view, gradients, pass)
    _ = consume rows
  }

  private func backwardWeight(
    _ pending: consuming Pending, rows x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) {
    second.backwardWeight(pending.inner.view, pending.dy.view, gradients, pass)
    first.backwardWeight(x, pending.douter.view, gradients, pass)
    first.backwardBias(pending.douter.view, gradients, pass)
  }
}
