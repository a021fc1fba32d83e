package import Execution
import Program

/// A linear layer.
///
///     y[N, O] = x[N, I] · W[I, O] + b[O]
///
/// - Cost: 2·N·I·O FLOPs forward, twice that backward.
/// - Communicates: nothing.
/// - Saves: nothing of its own; whoever owns `x` keeps it until `backwardWeight`.
package struct Linear: Sendable {
  package let inputs, outputs: Int
  private let weight: ParameterID
  private let bias: ParameterID?

  /// Weights are stored [inputs, outputs], as GPT-2's files have them.
  package init(
    _ name: String, inputs: Int, outputs: Int, deviation: Double, bias: Bool, in unit: inout ParameterUnit
  ) {
    (self.inputs, self.outputs) = (inputs, outputs)
    weight = unit.add(
      ParameterSpec("\(name).weight", [inputs, outputs], .normal(deviation: deviation), decays: true))
    self.bias = bias ? unit.add(ParameterSpec("\(name).bias", [outputs], .constant(0), decays: false)) : nil
  }

  package func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = x.count / inputs
    let y = pass.activation([rows, outputs])
    let shape = MatmulShape(m: rows, n: outputs, k: inputs, bias: bias != nil)
    pass.executor.launch(
      .matmul(shape, pass.type), reading: [x, parameters[weight]] + (bias.map { [parameters[$0]] } ?? []),
      writing: [y.view])
    return y
  }

  /// dx[N, I] = dy · Wᵀ.
  package func backwardInput(_ dy: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = dy.count / outputs
    let dx = pass.activation([rows, inputs])
    let shape = MatmulShape(m: rows, n: inputs, k: outputs, transposeB: true)
    pass.executor.launch(.matmul(shape, pass.type), reading: [dy, parameters[weight]], writing: [dx.view])
    return dx
  }

  /// dW[I, O] (+)= xᵀ · dy and db[O] (+)= Σ dy.
  package func backwardWeight(_ x: TensorView, _ dy: TensorView, _ gradients: Gradients, _ pass: Pass) {
    let rows = dy.count / outputs
    let shape = MatmulShape(
      m: inputs, n: outputs, k: rows, transposeA: true, accumulate: gradients.accumulate)
    pass.executor.launch(.matmul(shape, pass.type), reading: [x, dy], writing: [gradients[weight]])
    guard let bias else { return }
    pass.executor.launch(
      .columnSum(rows: rows, columns: outputs, accumulate: gradients.accumulate, pass.type), reading: [dy],
      writing: [gradients[bias]])
  }
}
