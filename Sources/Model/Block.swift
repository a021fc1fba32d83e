package import Execution
import Program

/// One pre-norm transformer block.
///
///     m[N, H] = x + dropout(attention(norm(x)));  y = m + dropout(perceptron(norm(m)))
///
/// - Saves: x; unless the block is computed again: m, both norms' outputs and statistics, and what attention and perceptron save.
/// - Communicates: what attention and perceptron do; once more, forward, where it is computed again.
/// - Source: Radford et al. 2019; Touvron et al. 2023, arXiv:2302.13971.
package struct Block: Sendable {
  private let layer: Int
  private let name: String
  private let firstNorm, secondNorm: Norm
  private let attention: SelfAttention
  private let perceptron: FeedForward
  private let probability: Double
  private let sites: (attention: Int, perceptron: Int)

  /// Dropout sites are numbered by layer: attention weights, attention output, perceptron output.
  package init(layer: Int, _ architecture: Architecture, in unit: inout ParameterUnit) {
    let names = BlockNames(architecture.naming, layer: layer)
    let site = 1 + 3 * layer
    (self.layer, name) = (layer, names.block)
    firstNorm = Norm(names.firstNorm, architecture, in: &unit)
    attention = SelfAttention(names, architecture, site: site, in: &unit)
    secondNorm = Norm(names.secondNorm, architecture, in: &unit)
    perceptron = FeedForward(names, architecture, in: &unit)
    (probability, sites) = (architecture.residualDropout, (site + 1, site + 2))
  }

  /// What the layers inside leave behind.
  struct Inner: ~Copyable {
    let firstNorm: Norm.Output
    let attention: SelfAttention.Saved
    let middle: Tensor
    let secondNorm: Norm.Output
    let perceptron: FeedForward.Saved
  }
  package struct Saved: ~Copyable {
    let x: Tensor
    /// Nil where it is computed again.
    let inner: Inner?
  }
  package struct Output: ~Copyable {
    package let y: Tensor
    package let saved: Saved
  }
  fileprivate struct Computed: ~Copyable {
    let y: Tensor
    let inner: Inner
  }

  package func forward(_ x: consuming Tensor, _ parameters: Parameters, _ pass: Pass) throws -> Output {
    let computed = try compute(x.view, parameters, pass)
    pass.probe?.see("\(name) output", computed.y.view, rows: pass.heldRows)
    let y = computed.y
    if pass.recomputation.covers(layer: layer) { return Output(y: y, saved: Saved(x: x, inner: nil)) }
    return Output(y: y, saved: Saved(x: x, inner: computed.inner))
  }

  fileprivate func compute(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Computed {
    let first = firstNorm.forward(x, parameters, pass)
    let attended = try attention.forward(first.y.view, parameters, pass)
    let middle = add(x, attended.y.view, sites.attention, pass)
    let savedAttention = attended.takeSaved()
    let second = secondNorm.forward(middle.view, parameters, pass)
    let expanded = try perceptron.forward(second.y.view, parameters, pass)
    let y = add(middle.view, expanded.y.view, sites.perceptron, pass)
    return Computed(
      y: y,
      inner: Inner(
        firstNorm: first, attention: savedAttention, middle: middle, secondNorm: second,
        perceptron: expanded.takeSaved()))
  }

  /// What the weight gradients still need.
  package struct Pending: ~Copyable {
    let attention: CutPair.Pending?
    let perceptron: CutPair.Pending?
    let firstNorm, secondNorm: Norm.Output
    let upstream, middle: BranchGradient
  }
  package struct Backward: ~Copyable {
    package let dx: Tensor
    package let pending: Pending?
  }

  /// - Parameter later: whether the gradients of matrices are left for `backwardWeight`.
  package func backward(
    _ dy: consuming Tensor, _ saved: consuming Saved, _ parameters: Parameters, _ gradients: Gradients, later: Bool,
    _ pass: Pass
  ) throws -> Backward {
    let x = saved.x
    let inner: Inner
    if let kept = saved.inner { inner = kept } else { inner = try compute(x.view, parameters, pass).takeInner() }
    let upstream = BranchGradient(dy, pass.dropout(probability, site: sites.perceptron), pass)
    let expanded = try perceptron.backward(
      upstream.branch, x: inner.secondNorm.y.view, inner.perceptron, parameters, gradients, later: later, pass)
    let dmiddle = secondNorm.backward(
      expanded.dx.view, residual: upstream.residual.view, x: inner.middle.view,
      statistics: inner.secondNorm.statistics.view, parameters, gradients, pass)
    let pendingPerceptron = expanded.takePending()
    let middle = BranchGradient(dmiddle, pass.dropout(probability, site: sites.attention), pass)
    let attended = try attention.backward(
      middle.branch, x: inner.firstNorm.y.view, inner.attention, parameters, gradients, later: later, pass)
    let dx = firstNorm.backward(
      attended.dx.view, residual: middle.residual.view, x: x.view, statistics: inner.firstNorm.statistics.view,
      parameters, gradients, pass)
    pass.probe?.see("\(name) input gradient", dx.view, rows: pass.heldRows)
    guard later else { return Backward(dx: dx, pending: nil) }
    return Backward(
      dx: dx,
      pending: Pending(
        attention: attended.takePending(), perceptron: pendingPerceptron, firstNorm: inner.firstNorm,
        secondNorm: inner.secondNorm, upstream: upstream, middle: middle))
  }

  package func backwardWeight(_ pending: consuming Pending, _ gradients: Gradients, _ pass: Pass) throws {
    if let perceptronPending = pending.perceptron {
      try perceptron.backwardWeight(
        perceptronPending, x: pending.secondNorm.y.view, gradients, pass)
    }
    if let attentionPending = pending.attention {
      try attention.backwardWeight(
        attentionPending, x: pending.firstNorm.y.view, gradients, pass)
    }
  }

  /// Features of one token in the key-value cache.
  var cacheWidth: Int { attention.cacheWidth }

  /// The block on new tokens of one sequence, over a key-value cache.
  package func extend(
    _ x: consuming Tensor, past: Int, cache: TensorView, capacity: Int, _ parameters: Parameters, _ pass: Pass
  ) throws -> Tensor {
    let first = firstNorm.forward(x.view, parameters, pass)
    let attended = attention.extend(
      first.y.view, past: past, cache: cache, capacity: capacity, parameters, pass)
    let middle = add(x.view, attended.view, sites.attention, pass)
    let second = secondNorm.forward(middle.view, parameters, pass)
    let expanded = try perceptron.forward(second.y.view, parameters, pass)
    return add(middle.view, expanded.y.view, sites.perceptron, pass)
  }

  private func add(_ residual: TensorView, _ x: TensorView, _ site: Int, _ pass: Pass) -> Tensor {
    let dropout = pass.dropout(probability, site: site)
    let rows = pass.heldRows.count
    let columns = residual.count / rows
    let y = pass.activation([rows, columns])
    pass.executor.launch(
      .residualAdd(rows: rows, columns: columns, dropout, pass.type),
      reading: [residual, x] + pass.key(dropout), writing: [y.view])
    return y
  }
}

extension Block.Computed {
  fileprivate consuming func takeInner() -> Block.Inner { inner }
}

extension SelfAttention.Output {
  fileprivate consuming func takeSaved() -> SelfAttention.Saved { saved }
}

extension FeedForward.Output {
  fileprivate consuming func takeSaved() -> FeedForward.Saved { saved }
}
