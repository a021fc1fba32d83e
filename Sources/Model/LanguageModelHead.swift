package import Execution
import Mesh
import Program
import Quantities

/// Final norm, projection to the vocabulary and cross-entropy.
///
///     logits[N, V] = norm(x) · Eᵀ;  loss = Σ rows logsumexp(logits) − logits[target]
///
/// Tensor-parallel ranks hold rows of E, and so columns of the logits, which are never gathered.
///
/// - Saves: x, the norm's output and statistics, the logits and their log-sum-exp. The backward pass turns the logits into their
///   gradient in place.
/// - Communicates, along the tensor axis: forward, the maximum of every row [N] and two sums of every row [2, N]; backward, the sum of
///   dx [N, H], beside the weight gradient. Under sequence parallelism, the norm's output is gathered, forward and for the weight.
/// - Source: Shoeybi et al. 2019, arXiv:1909.08053, §3.
package struct LanguageModelHead: Sendable {
  private let norm: Norm
  private let vocabulary: Range<Int>
  private let hidden: Int
  /// The head's own table; nil where it is the embedding's.
  private let table: ParameterID?

  package init(_ a: Architecture, in unit: inout ParameterUnit) {
    hidden = a.hidden
    vocabulary = unit.partition.part(of: a.vocabulary)
    norm = Norm(a.naming.lastNorm, a, in: &unit)
    table =
      a.isTied
      ? nil
      : unit.add(
        ParameterSpec(
          a.naming.output, [a.vocabulary, a.hidden], .normal(deviation: a.deviation), decays: true,
          sharding: .sharded(dimension: 0, along: .tensor)))
  }

  var isTied: Bool { table == nil }

  package struct Saved: ~Copyable {
    let x: Tensor
    let norm: Norm.Output
    let logits, logSumExp: Tensor
  }

  /// - Parameters:
  ///   - tied: the embedding's table, used where the head has none of its own.
  ///   - loss: receives the sum of the rows' losses, one fp64 value.
  package func forward(
    _ x: consuming Tensor, targets: TensorView, loss: TensorView, tied: TensorView?, _ parameters: Parameters,
    _ pass: Pass
  ) throws -> Saved {
    let normed = norm.forward(x.view, parameters, pass)
    let gathered = try pass.gather(normed.y.view)
    let logits = logits(gathered.view, tied, parameters, pass)
    _ = consume gathered
    let rowLoss = pass.statistic([pass.rows])
    let logSumExp = pass.statistic([pass.rows])
    if pass.partition.size == 1 {
      pass.executor.launch(
        .crossEntropy(rows: pass.rows, vocabulary: vocabulary.count, pass.type), reading: [logits.view, targets],
        writing: [rowLoss.view, logSumExp.view])
    } else {
      try crossEntropy(logits.view, targets, rowLoss.view, logSumExp.view, pass)
    }
    pass.executor.launch(.sum(count: pass.rows, rowLoss.spec.type), reading: [rowLoss.view], writing: [loss])
    return Saved(x: x, norm: normed, logits: logits, logSumExp: logSumExp)
  }

  /// Cross-entropy over parts of the vocabulary.
  private func crossEntropy(
    _ logits: TensorView, _ targets: TensorView, _ loss: TensorView, _ logSumExp: TensorView, _ pass: Pass
  ) throws {
    let (rows, columns) = (pass.rows, vocabulary.count)
    let maxima = pass.statistic([rows])
    let sums = pass.statistic([2, rows])
    pass.executor.launch(
      .vocabularyMaximum(rows: rows, vocabulary: columns, pass.type), reading: [logits], writing: [maxima.view])
    try pass.combine(maxima.view, .maximum)
    pass.executor.launch(
      .vocabularySums(rows: rows, vocabulary: columns, first: vocabulary.lowerBound, pass.type),
      reading: [logits, maxima.view, targets], writing: [sums.view])
    try pass.combine(sums.view, .sum)
    pass.executor.launch(
      .vocabularyLoss(rows: rows, pass.type), reading: [maxima.view, sums.view, targets], writing: [loss, logSumExp])
  }

  /// logits of normalised rows; also what generation samples from.
  private func logits(_ normed: TensorView, _ tied: TensorView?, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let rows = normed.count / hidden
    let logits = pass.activation([rows, vocabulary.count])
    let shape = MatmulShape(m: rows, n: vocabulary.count, k: hidden, transposeB: true)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.type), reading: [normed, matrix(tied, parameters)],
      writing: [logits.view])
    return logits
  }

  private func matrix(_ tied: TensorView?, _ parameters: Parameters) -> TensorView {
    table.map { parameters[$0] } ?? tied!
  }

  package func generate(_ x: TensorView, tied: TensorView?, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let normed = norm.forward(x, parameters, pass)
    return logits(normed.y.view, tied, parameters, pass)
  }

  /// What the weight gradient still needs.
  package struct Pending: ~Copyable {
    let norm: Norm.Output
    let dlogits: Tensor
  }
  package struct Backward: ~Copyable {
    package let dx: Tensor
    package let pending: Pending?
  }

  /// - Parameters:
  ///   - scale: one value that every row's gradient is multiplied by: loss scale / tokens of the global batch.
  ///   - tied: the embedding's table, and where its gradients go.
  ///   - later: whether the table's gradient is left for `backwardWeight`.
  package func backward(
    _ saved: consuming Saved, targets: TensorView, scale: TensorView, tied: (table: TensorView, target: TiedTarget)?,
    _ parameters: Parameters, _ gradients: Gradients, later: Bool, _ pass: Pass
  ) throws -> Backward {
    let logits = saved.logits
    pass.executor.launch(
      .crossEntropyBackward(
        rows: pass.rows, vocabulary: vocabulary.count, first: vocabulary.lowerBound, pass.type),
      reading: [saved.logSumExp.view, scale, targets], writing: [logits.view])
    let x = saved.x
    let normed = saved.norm
    let dnormed = pass.activation([pass.rows, hidden])
    pass.executor.launch(
      .matmul(MatmulShape(m: pass.rows, n: hidden, k: vocabulary.count), pass.type, result: pass.type),
      reading: [logits.view, matrix(tied?.table, parameters)], writing: [dnormed.view])
    let summing = try pass.beginSum(dnormed)
    if !later { try backwardWeight(logits.view, normed.y.view, tied?.target, gradients, pass) }
    let dx = backwardNorm(pass.finish(summing), x.view, normed.statistics.view, parameters, gradients, pass)
    guard later else { return Backward(dx: dx, pending: nil) }
    return Backward(dx: dx, pending: Pending(norm: normed, dlogits: logits))
  }

  private func backwardNorm(
    _ dnormed: consuming Tensor, _ x: TensorView, _ statistics: TensorView, _ parameters: Parameters,
    _ gradients: Gradients, _ pass: Pass
  ) -> Tensor {
    // Nothing flows past the last norm, so its residual is zero.
    let zero = pass.activation([pass.heldRows.count, hidden])
    pass.executor.launch(.fill(count: zero.count, value: 0, pass.type), writing: [zero.view])
    return norm.backward(
      dnormed.view, residual: zero.view, x: x, statistics: statistics, parameters, gradients, pass)
  }

  package func backwardWeight(
    _ pending: consuming Pending, tied: TiedTarget?, _ gradients: Gradients, _ pass: Pass
  ) throws {
    try backwardWeight(pending.dlogits.view, pending.norm.y.view, tied, gradients, pass)
  }

  /// dE[V, H] (+)= dlogitsᵀ · norm(x), into the head's own table or the tied one.
  private func backwardWeight(
    _ dlogits: TensorView, _ normed: TensorView, _ tied: TiedTarget?, _ gradients: Gradients, _ pass: Pass
  ) throws {
    let gathered = try pass.gather(normed)
    let (target, accumulate) = table.map { gradients.next($0) } ?? tied!.gradients.next(tied!.table)
    let shape = MatmulShape(
      m: vocabulary.count, n: hidden, k: pass.rows, transposeA: true, accumulate: accumulate)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.gradient), reading: [dlogits, gathered.view],
      writing: [target])
    _ = consume gathered
  }
}

/// Where the gradient of a tied table goes.
package struct TiedTarget {
  let gradients: Gradients
  let table: ParameterID
}
