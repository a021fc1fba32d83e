package import Execution
import Program

/// Normalisation over features: LayerNorm (Ba et al. 2016, arXiv:1607.06450) or RMSNorm (Zhang & Sennrich 2019, arXiv:1910.07467).
///
///     y[N, H] = (x − mean(x)) / √(var(x) + ε) · gain + bias        y[N, H] = x / √(mean(x²) + ε) · gain
///
/// - Saves: the statistics of every row; whoever owns `x` keeps it until `backward`.
/// - Communicates: nothing. Under sequence parallelism each rank has its rows' part of the gain's gradient.
package struct Norm: Sendable {
  private let gain: ParameterID
  private let bias: ParameterID?
  private let columns: Int
  private let epsilon: Double
  private let isCentred: Bool

  package init(_ name: String, _ architecture: Architecture, in unit: inout ParameterUnit) {
    (columns, epsilon) = (architecture.hidden, architecture.epsilon)
    gain = unit.add(ParameterSpec("\(name).weight", [columns], .constant(1), decays: false))
    isCentred = architecture.norm != .rootMeanSquare
    bias =
      architecture.norm == .layer(bias: true)
      ? unit.add(ParameterSpec("\(name).bias", [columns], .constant(0), decays: false)) : nil
  }

  package struct Output: ~Copyable {
    package let y: Tensor
    package let statistics: Tensor
  }

  package func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Output {
    let shape = shape(x)
    let output = Output(
      y: pass.activation([shape.rows, columns]), statistics: pass.statistic([shape.statistics]))
    pass.executor.launch(
      .norm(shape, pass.type), reading: [x, parameters[gain]] + (bias.map { [parameters[$0]] } ?? []),
      writing: [output.y.view, output.statistics.view])
    return output
  }

  /// residual + the gradient through the norm: what flows into `x` from both of its readers. Gain and bias gradients are cheap
  /// by-products of the same sweep, so they come with it.
  package func backward(
    _ dy: TensorView, residual: TensorView, x: TensorView, statistics: TensorView, _ parameters: Parameters,
    _ gradients: Gradients, _ pass: Pass
  ) -> Tensor {
    let shape = shape(x)
    let dx = pass.activation([shape.rows, columns])
    let (dgain, accumulate) = gradients.next(gain)
    pass.executor.launch(
      .normBackward(shape, accumulate: accumulate, pass.type, gradient: pass.gradient),
      reading: [dy, residual, x, parameters[gain], statistics],
      writing: [dx.view, dgain] + (bias.map { [gradients.next($0).view] } ?? []))
    return dx
  }

  private func shape(_ x: TensorView) -> NormShape {
    NormShape(rows: x.count / columns, columns: columns, epsilon: epsilon, bias: bias != nil, centred: isCentred)
  }
}
