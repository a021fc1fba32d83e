package import Execution
import Program

/// One pre-norm transformer block of GPT-2. Radford et al. 2019.
///
///     m[N, H] = x + dropout(attention(norm(x)));  y = m + dropout(perceptron(norm(m)))
///
/// - Saves: x, m, both norms' outputs and statistics, and what attention and perceptron save.
/// - Communicates: nothing.
package struct Block: Sendable {
  private let firstNorm, secondNorm: LayerNorm
  private let attention: SelfAttention
  private let perceptron: FeedForward
  private let probability: Double
  private let sites: (attention: Int, perceptron: Int)

  /// Dropout sites are numbered by layer: attention weights, attention output, perceptron output.
  package init(layer: Int, _ configuration: GPT2Configuration, in unit: inout ParameterUnit) {
    let name = "transformer.h.\(layer)"
    let (hidden, epsilon, bias) = (configuration.hidden, configuration.layerNormEpsilon, configuration.bias)
    let site = 1 + 3 * layer
    firstNorm = LayerNorm("\(name).ln_1", columns: hidden, epsilon: epsilon, bias: bias, in: &unit)
    attention = SelfAttention("\(name).attn", configuration, site: site, in: &unit)
    secondNorm = LayerNorm("\(name).ln_2", columns: hidden, epsilon: epsilon, bias: bias, in: &unit)
    perceptron = FeedForward("\(name).mlp", configuration, in: &unit)
    (probability, sites) = (configuration.residualDropout, (site + 1, site + 2))
  }

  package struct Saved: ~Copyable {
    let x: Tensor
    let firstNorm: LayerNorm.Output
    let attention: SelfAttention.Saved
    let middle: Tensor
    let secondNorm: LayerNorm.Output
    let perceptron: FeedForward.Saved
  }
  package struct Output: ~Copyable {
    package let y: Tensor
    package let saved: Saved
  }

  package func forward(_ x: consuming Tensor, _ parameters: Parameters, _ pass: Pass) -> Output {
    let first = firstNorm.forward(x.view, parameters, pass)
    let attended = attention.forward(first.y.view, parameters, pass)
    let middle = add(x.view, attended.y.view, sites.attention, pass)
    let second = secondNorm.forward(middle.view, parameters, pass)
    let expanded = perceptron.forward(second.y.view, parameters, pass)
    let y = add(middle.view, expanded.y.view, sites.perceptron, pass)
    return Output(
      y: y,
      saved: Saved(
        x: x, firstNorm: first, attention: attended.saved, middle: middle, secondNorm: second,
        perceptron: expanded.saved))
  }

  /// What the weight gradients still need.
  package struct Pending: ~Copyable {
    let attention: SelfAttention.Pending
    let perceptron: FeedForward.Pending
    let firstNorm, secondNorm: LayerNorm.Output
    let upstream, middle: BranchGradient
  }
  package struct Backward: ~Copyable {
    package let dx: Tensor
    package let pending: Pending
  }

  package func backwardInput(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ parameters: Parameters, _ gradients: Gradients, _ pass: Pass
  ) -> Backward {
    let upstream = BranchGradient(dy, pass.dropout(probability, site: sites.perceptron), pass)
    let expanded = perceptron.backwardInput(upstream.branch, saved.perceptron, parameters, pass)
    let dmiddle = secondNorm.backward(
      expanded.dx.view, residual: upstream.residual.view, x: saved.middle.view,
      statistics: saved.secondNorm.statistics.view, parameters, gradients, pass)
    let middle = BranchGradient(dmiddle, pass.dropout(probability, site: sites.attention), pass)
    let attended = attention.backwardInput(middle.branch, saved.attention, parameters, pass)
    let dx = firstNorm.backward(
      attended.dx.view, residual: middle.residual.view, x: saved.x.view, statistics: saved.firstNorm.statistics.view,
      parameters, gradients, pass)
    return Backward(
      dx: dx,
      pending: Pending(
        attention: attended.pending, perceptron: expanded.pending, firstNorm: saved.firstNorm,
        secondNorm: saved.secondNorm, upstream: upstream, middle: middle))
  }

  package func backwardWeight(_ pending: consuming Pending, _ gradients: Gradients, _ pass: Pass) {
    perceptron.backwardWeight(
      pending.perceptron, x: pending.secondNorm.y.view, dy: pending.upstream.branch, gradients, pass)
    attention.backwardWeight(
      pending.attention, x: pending.firstNorm.y.view, dy: pending.middle.branch, gradients, pass)
  }

  /// The block on new tokens of one sequence, over a key-value cache.
  package func extend(
    _ x: consuming Tensor, past: Int, cache: TensorView, capacity: Int, _ parameters: Parameters, _ pass: Pass
  ) -> Tensor {
    let first = firstNorm.forward(x.view, parameters, pass)
    let attended = attention.extend(
      first.y.view, past: past, cache: cache, capacity: capacity, parameters, pass)
    let middle = add(x.view, attended.view, sites.attention, pass)
    let second = secondNorm.forward(middle.view, parameters, pass)
    let expanded = perceptron.forward(second.y.view, parameters, pass)
    return add(middle.view, expanded.y.view, sites.perceptron, pass)
  }

  private func add(_ residual: TensorView, _ x: TensorView, _ site: Int, _ pass: Pass) -> Tensor {
    let dropout = pass.dropout(probability, site: site)
    let columns = residual.count / pass.rows
    let y = pass.activation([pass.rows, columns])
    pass.executor.launch(
      .residualAdd(rows: pass.rows, columns: columns, dropout, pass.type),
      reading: [residual, x] + pass.key(dropout), writing: [y.view])
    return y
  }
}

/// A gradient that arrives at a residual addition: it goes on along the residual as it is, and into the branch through the dropout.
package struct BranchGradient: ~Copyable {
  let residual: Tensor
  private let dropped: Tensor?
  /// What the branch receives: the residual's own gradient where nothing was dropped.
  let branch: TensorView

  init(_ gradient: consuming Tensor, _ dropout: Dropout?, _ pass: Pass) {
    let view = gradient.view
    residual = gradient
    guard let dropout else {
      branch = view
      dropped = nil
      return
    }
    let columns = view.count / pass.rows
    let result = pass.activation([pass.rows, columns])
    pass.executor.launch(
      .dropoutBackward(rows: pass.rows, columns: columns, dropout, pass.type),
      reading: [view] + pass.key(dropout), writing: [result.view])
    branch = result.view
    dropped = consume result
  }
}
