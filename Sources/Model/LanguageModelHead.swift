package import Execution
import Program
import Quantities

/// Final norm, projection to the vocabulary and cross-entropy.
///
///     logits[N, V] = norm(x) · Eᵀ;  loss = Σ rows logsumexp(logits) − logits[target]
///
/// - Saves: x, the norm's output and statistics, the logits and their log-sum-exp. The backward pass turns the logits into their
///   gradient in place.
/// - Communicates: nothing.
package struct LanguageModelHead: Sendable {
  private let norm: LayerNorm
  private let vocabulary, hidden: Int
  /// The head's own table; nil where it is the embedding's.
  private let table: ParameterID?

  package init(_ configuration: GPT2Configuration, in unit: inout ParameterUnit) {
    (vocabulary, hidden) = (configuration.vocabularySize, configuration.hidden)
    norm = LayerNorm(
      "transformer.ln_f", columns: configuration.hidden, epsilon: configuration.layerNormEpsilon,
      bias: configuration.bias, in: &unit)
    table =
      configuration.tieWordEmbeddings
      ? nil
      : unit.add(
        ParameterSpec(
          "lm_head.weight", [vocabulary, configuration.hidden], .normal(deviation: configuration.initializerRange),
          decays: true))
  }

  package struct Saved: ~Copyable {
    let x: Tensor
    let norm: LayerNorm.Output
    let logits, logSumExp: Tensor
  }

  /// - Parameters:
  ///   - tied: the embedding's table, used where the head has none of its own.
  ///   - loss: receives the sum of the rows' losses, one fp64 value.
  package func forward(
    _ x: consuming Tensor, targets: TensorView, loss: TensorView, tied: TensorView, _ parameters: Parameters,
    _ pass: Pass
  ) -> Saved {
    let normed = norm.forward(x.view, parameters, pass)
    let logits = logits(normed.y.view, tied, parameters, pass)
    let logSumExp = pass.activation([pass.rows])
    let rowLoss = pass.activation([pass.rows])
    pass.executor.launch(
      .crossEntropy(rows: pass.rows, vocabulary: vocabulary, pass.type), reading: [logits.view, targets],
      writing: [rowLoss.view, logSumExp.view])
    pass.executor.launch(.sum(count: pass.rows, pass.type), reading: [rowLoss.view], writing: [loss])
    return Saved(x: x, norm: normed, logits: logits, logSumExp: logSumExp)
  }

  /// logits of normalised rows; also what generation samples from.
  private func logits(_ normed: TensorView, _ tied: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = normed.count / hidden
    let logits = pass.activation([rows, vocabulary])
    let shape = MatmulShape(m: rows, n: vocabulary, k: hidden, transposeB: true)
    pass.executor.launch(
      .matmul(shape, pass.type), reading: [normed, table.map { parameters[$0] } ?? tied], writing: [logits.view])
    return logits
  }

  package func generate(_ x: TensorView, tied: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let normed = norm.forward(x, parameters, pass)
    return logits(normed.y.view, tied, parameters, pass)
  }

  /// What the weight gradient still needs.
  package struct Pending: ~Copyable {
    let norm: LayerNorm.Output
    let dlogits: Tensor
  }
  package struct Backward: ~Copyable {
    package let dx: Tensor
    package let pending: Pending
  }

  /// - Parameter scale: one value that every row's gradient is multiplied by: 1 / tokens of the global batch.
  package func backwardInput(
    _ saved: consuming Saved, targets: TensorView, scale: TensorView, tied: TensorView, _ parameters: Parameters,
    _ gradients: Gradients, _ pass: Pass
  ) -> Backward {
    pass.executor.launch(
      .crossEntropyBackward(rows: pass.rows, vocabulary: vocabulary, pass.type),
      reading: [saved.logSumExp.view, scale, targets], writing: [saved.logits.view])
    let dnormed = pass.activation([pass.rows, hidden])
    pass.executor.launch(
      .matmul(MatmulShape(m: pass.rows, n: hidden, k: vocabulary), pass.type),
      reading: [saved.logits.view, table.map { parameters[$0] } ?? tied], writing: [dnormed.view])
    // Nothing flows past the last norm, so its residual is zero.
    let zero = pass.activation([pass.rows, hidden])
    pass.executor.launch(.fill(count: zero.count, value: 0, pass.type), writing: [zero.view])
    let dx = norm.backward(
      dnormed.view, residual: zero.view, x: saved.x.view, statistics: saved.norm.statistics.view, parameters,
      gradients, pass)
    return Backward(dx: dx, pending: Pending(norm: saved.norm, dlogits: saved.logits))
  }

  /// dE[V, H] (+)= dlogitsᵀ · norm(x), into the head's own table or the tied one.
  package func backwardWeight(
    _ pending: consuming Pending, tied: (view: TensorView, accumulate: Bool)?, _ gradients: Gradients, _ pass: Pass
  ) {
    let target = table.map { (view: gradients[$0], accumulate: gradients.accumulate) } ?? tied!
    let shape = MatmulShape(
      m: vocabulary, n: hidden, k: pass.rows, transposeA: true,
      accumulate: target.accumulate)
    pass.executor.launch(
      .matmul(shape, pass.type), reading: [pending.dlogits.view, pending.norm.y.view],
      writing: [target.view])
  }

  var isTied: Bool { table == nil }
}
