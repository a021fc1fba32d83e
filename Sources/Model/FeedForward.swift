import Execution
import Program

/// The two-layer perceptron of a block.
///
///     y[N, H] = f(x·W1 + b1)[N, I] · W2 + b2
///
/// - Saves: the activation's input and output.
/// - Communicates: nothing.
package struct FeedForward: Sendable {
  private let expansion, contraction: Linear
  private let function: Activation

  package init(_ name: String, _ configuration: GPT2Configuration, in unit: inout ParameterUnit) {
    function = configuration.activation
    expansion = Linear(
      "\(name).c_fc", inputs: configuration.hidden, outputs: configuration.intermediate,
      deviation: configuration.initializerRange, bias: configuration.bias, in: &unit)
    contraction = Linear(
      "\(name).c_proj", inputs: configuration.intermediate, outputs: configuration.hidden,
      deviation: configuration.residualDeviation, bias: configuration.bias, in: &unit)
  }

  package struct Saved: ~Copyable {
    let expanded, activated: Tensor
  }
  package struct Output: ~Copyable {
    let y: Tensor
    let saved: Saved
  }

  func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Output {
    let expanded = expansion.forward(x, parameters, pass)
    let activated = pass.activation(expanded.spec.shape)
    pass.executor.launch(
      .activation(function, count: expanded.count, pass.type), reading: [expanded.view], writing: [activated.view])
    let y = contraction.forward(activated.view, parameters, pass)
    return Output(y: y, saved: Saved(expanded: expanded, activated: activated))
  }

  package struct Pending: ~Copyable {
    let activated, dexpanded: Tensor
  }
  package struct Backward: ~Copyable {
    let dx: Tensor
    let pending: Pending
  }

  func backwardInput(_ dy: TensorView, _ saved: consuming Saved, _ parameters: Parameters, _ pass: Pass) -> Backward {
    let gradient = contraction.backwardInput(dy, parameters, pass)
    pass.executor.launch(
      .activationBackward(function, count: gradient.count, pass.type), reading: [gradient.view, saved.expanded.view],
      writing: [gradient.view])
    let dx = expansion.backwardInput(gradient.view, parameters, pass)
    return Backward(dx: dx, pending: Pending(activated: saved.activated, dexpanded: gradient))
  }

  func backwardWeight(
    _ pending: consuming Pending, x: TensorView, dy: TensorView, _ gradients: Gradients, _ pass: Pass
  ) {
    contraction.backwardWeight(pending.activated.view, dy, gradients, pass)
    expansion.backwardWeight(x, pending.dexpanded.view, gradients, pass)
  }
}
