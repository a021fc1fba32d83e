package import Execution
import Mesh
import Program
import Quantities

/// Final norm, projection to the vocabulary and cross-entropy.
///
///     logits[N, V] = norm(x) · Eᵀ;  loss = Σ rows logsumexp(logits) − logits[target]
///
/// E is the token table, a copy of it, or a table of its own. Tensor-parallel ranks hold rows of it, and so columns of the logits,
/// which are never gathered.
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

  package init(_ a: Architecture, in unit: inout ParameterUnit) {
    hidden = a.hidden
    vocabulary = unit.partition.part(of: a.vocabulary)
    norm = Norm(a.naming.lastNorm, a, in: &unit)
  }

  /// The table of an untied model. Its unit holds nothing else: parts of a vocabulary may differ by a row, and shards of what all
  /// ranks hold alike must not.
  static func table(_ a: Architecture) -> ParameterSpec {
    ParameterSpec(
      a.naming.output, [a.vocabulary, a.hidden], .normal(deviation: a.deviation), decays: true,
      sharding: .sharded(dimension: 0, along: .tensor))
  }

  package struct Saved: ~Copyable {
    let x: Tensor
    let norm: Norm.Output
    let logits, logSumExp: Tensor
  }

  /// - Parameters:
  ///   - table: E.
  ///   - loss: receives the sum of the rows' losses, one fp64 value.
  package func forward(
    _ x: consuming Tensor, targets: TensorView, loss: TensorView, table: TensorView, _ parameters: Parameters,
    _ pass: Pass
  ) throws -> Saved {
    let normed = norm.forward(x.view, parameters, pass)
    let gathered = try pass.gather(normed.y.view)
    let logits = logits(gathered.view, table, pass)
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
  private func logits(_ normed: TensorView, _ table: TensorView, _ pass: Pass) -> Tensor {
    let rows = normed.count / hidden
    let logits = pass.activation([rows, vocabulary.count])
    let shape = MatmulShape(m: rows, n: vocabulary.count, k: hidden, transposeB: true)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.type), reading: [normed, table], writing: [logits.view])
    return logits
  }

  package func generate(_ x: TensorView, table: TensorView, _ parameters: Parameters, _ pass: Pass) -> Tensor {
    let normed = norm.forward(x, parameters, pass)
    return logits(normed.y.view, table, pass)
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
  ///   - table: E, and where its gradient goes.
  ///   - later: whether the table's gradient is left for `backwardWeight`.
  package func backward(
    _ saved: consuming Saved, targets: TensorView, scale: TensorView, table: TensorView, _ target: TableTarget,
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
      reading: [logits.view, table], writing: [dnormed.view])
    let summing = try pass.beginSum(dnormed)
    if !later { try backwardWeight(logits.view, normed.y.view, target, pass) }
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
    _ pending: consuming Pending, _ target: TableTarget, _ pass: Pass
  ) throws {
    try backwardWeight(pending.dlogits.view, pending.norm.y.view, target, pass)
  }

  /// dE[V, H] (+)= dlogitsᵀ · norm(x).
  private func backwardWeight(
    _ dlogits: TensorView, _ normed: TensorView, _ target: TableTarget, _ pass: Pass
  ) throws {
    let gathered = try pass.gather(normed)
    let (place, accumulate) = target.gradients.next(target.table)
    let shape = MatmulShape(
      m: vocabulary.count, n: hidden, k: pass.rows, transposeA: true, accumulate: accumulate)
    pass.executor.launch(
      .matmul(shape, pass.type, result: pass.gradient), reading: [dlogits, gathered.view],
      writing: [place])
    _ = consume gathered
  }
}

/// Where the gradient of the head's table goes.
package struct TableTarget {
  let gradients: Gradients
  let table: ParameterID
}
