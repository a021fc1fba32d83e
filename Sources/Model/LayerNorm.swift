package import Execution
import Program

/// Layer normalisation over features. Ba et al. 2016, arXiv:1607.06450.
///
///     y[N, H] = (x − mean(x)) / √(var(x) + ε) · gain + bias
///
/// - Saves: mean and reciprocal deviation of every row; whoever owns `x` keeps it until `backward`.
/// - Communicates: nothing.
package struct LayerNorm: Sendable {
  private let gain: ParameterID
  private let bias: ParameterID?
  private let columns: Int
  private let epsilon: Double

  package init(_ name: String, columns: Int, epsilon: Double, bias: Bool, in unit: inout ParameterUnit) {
    (self.columns, self.epsilon) = (columns, epsilon)
    gain = unit.add(ParameterSpec("\(name).weight", [columns], .constant(1), decays: false))
    self.bias = bias ? unit.add(ParameterSpec("\(name).bias", [columns], .constant(0), decays: false)) : nil
  }

  package struct Output: ~Copyable {
    package let y: Tensor
    package let statistics: Tensor
  }

  package func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Output {
    let rows = x.count / columns
    let output = Output(y: pass.activation([rows, columns]), statistics: pass.activation([2, rows]))
    pass.executor.launch(
      .layerNorm(shape(rows), pass.type), reading: [x, parameters[gain]] + (bias.map { [parameters[$0]] } ?? []),
      writing: [output.y.view, output.statistics.view])
    return output
  }

  /// residual + the gradient through the norm: what flows into `x` from both of its readers. Gain and bias gradients are cheap by
  /// products of the same sweep, so they come with it.
  package func backward(
    _ dy: TensorView, residual: TensorView, x: TensorView, statistics: TensorView, _ parameters: Parameters,
    _ gradients: Gradients, _ pass: Pass
  ) -> Tensor {
    let rows = x.count / columns
    let dx = pass.activation([rows, columns])
    pass.executor.launch(
      .layerNormBackward(shape(rows), accumulate: gradients.accumulate, pass.type),
      reading: [dy, residual, x, statistics, parameters[gain]],
      writing: [dx.view, gradients[gain]] + (bias.map { [gradients[$0]] } ?? []))
    return dx
  }

  private func shape(_ rows: Int) -> NormShape {
    NormShape(rows: rows, columns: columns, epsilon: epsilon, bias: bias != nil)
  }
}
