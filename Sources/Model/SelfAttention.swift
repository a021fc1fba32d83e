import Execution
import Mesh
import Program

/// Causal self-attention: one packed projection, rotation where positions are rotary, fused softmax attention, one output projection.
///
///     [q k v] = x·Wqkv + b;  y = softmax(q·kᵀ/√D)·v · Wo + b
///
/// Tensor-parallel ranks hold A / T heads and Akv / T key-value heads: the first matrix is cut by columns, the second by rows.
///
/// - Shapes: `x`, `y` [N, H]; packed [N, (A + 2·Akv)·D / T]; log-sum-exp [B, A / T, S].
/// - Saves: packed, and, unless it is computed again, the attended values and the log-sum-exp; never an S×S matrix.
/// - Communicates: as `CutPair` does.
package struct SelfAttention: Sendable {
  private let heads, keyValueHeads, headSize, firstHead: Int
  private let pair: CutPair
  private let probability: Double
  private let site: Int
  private let frequencies: RotaryFrequencies?

  package init(_ names: BlockNames, _ architecture: Architecture, site: Int, in unit: inout ParameterUnit) {
    let (a, partition) = (architecture, unit.partition)
    (headSize, self.site, probability) = (a.headSize, site, a.attentionDropout)
    heads = partition.share(a.heads, of: "attention heads")
    keyValueHeads = partition.share(a.keyValueHeads, of: "key-value heads")
    firstHead = partition.rank * heads
    if case .rotary(let frequencies) = a.positions { self.frequencies = frequencies } else { frequencies = nil }
    let packing = Linear(
      SelfAttention.outputs(names, a), inputs: a.hidden, cut: .columns, deviation: a.deviation, bias: a.attentionBias,
      transposed: names.areTransposed, in: &unit)
    let projection = Linear(
      [Linear.Output(names.projection, a.hidden)], inputs: a.heads * a.headSize, cut: .rows,
      deviation: a.residualDeviation, bias: a.attentionBias, transposed: names.areTransposed, in: &unit)
    pair = CutPair(first: packing, second: projection)
  }

  private static func outputs(_ names: BlockNames, _ a: Architecture) -> [Linear.Output] {
    let counts = [a.heads, a.keyValueHeads, a.keyValueHeads].map { $0 * a.headSize }
    guard names.queriesKeysValues.count == 1 else {
      return zip(names.queriesKeysValues, counts).map { Linear.Output($0, $1) }
    }
    return [Linear.Output(names.queriesKeysValues[0], counts.reduce(0, +), sections: 3)]
  }

  /// What the attention core leaves behind.
  struct Attended: ~Copyable {
    let values, logSumExp: Tensor
  }
  package struct Saved: ~Copyable {
    let packed: Tensor
    /// Nil where it is computed again.
    let attended: Attended?
  }
  package struct Output: ~Copyable {
    let y: Tensor
    let saved: Saved
  }

  func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) throws -> Output {
    let packed = try pair.enter(x, parameters, pass)
    rotate(packed.view, sequence: pass.sequence, inverse: false, pass)
    let attended = attend(packed.view, pass)
    let y = try pair.leave(attended.values.view, parameters, pass)
    if pass.recomputation == .selective { return Output(y: y, saved: Saved(packed: packed, attended: nil)) }
    return Output(y: y, saved: Saved(packed: packed, attended: attended))
  }

  private func attend(_ packed: TensorView, _ pass: Pass) -> Attended {
    let shape = shape(pass)
    let result = Attended(
      values: pass.activation([pass.rows, shape.width]),
      logSumExp: pass.statistic([pass.batch, heads, pass.sequence]))
    pass.executor.launch(
      .attention(shape, pass.type), reading: [packed] + pass.key(shape.dropout),
      writing: [result.values.view, result.logSumExp.view])
    return result
  }

  /// - Parameter later: whether the weight gradients are left for `backwardWeight`.
  func backward(
    _ dy: TensorView, x: TensorView, _ saved: consuming Saved, _ parameters: Parameters, _ gradients: Gradients,
    later: Bool, _ pass: Pass
  ) throws -> CutPair.Backward {
    let arrived = try pair.backwardLeave(dy, parameters, gradients, pass)
    let core = backwardCore(arrived.inner, saved, pass)
    let pending = CutPair.Pending(inner: core.attended, douter: core.dpacked, dy: arrived.dy)
    return try pair.backwardEnter(pending, x: x, parameters, gradients, later: later, pass)
  }

  func backwardWeight(
    _ pending: consuming CutPair.Pending, x: TensorView, _ gradients: Gradients, _ pass: Pass
  ) throws {
    try pair.backwardWeight(pending, x: x, gradients, pass)
  }

  private struct CoreBackward: ~Copyable {
    let attended, dpacked: Tensor
  }

  private func backwardCore(_ dattended: consuming Tensor, _ saved: consuming Saved, _ pass: Pass) -> CoreBackward {
    let packed = saved.packed
    let attended = saved.attended ?? attend(packed.view, pass)
    let shape = shape(pass)
    let dpacked = pass.activation([pass.rows, shape.packed])
    pass.executor.launch(
      .attentionBackward(shape, pass.type),
      reading: [dattended.view, attended.values.view, packed.view, attended.logSumExp.view] + pass.key(shape.dropout),
      writing: [dpacked.view])
    rotate(dpacked.view, sequence: pass.sequence, inverse: true, pass)
    return CoreBackward(attended: attended.values, dpacked: dpacked)
  }

  /// Features of one token in a key-value cache.
  var cacheWidth: Int { 2 * keyValueHeads * headSize }

  /// New tokens of one sequence over a cache [capacity, 2·Akv·D] that holds `past` tokens, and grows by them.
  func extend(
    _ x: TensorView, past: Int, cache: TensorView, capacity: Int, _ parameters: Parameters, _ pass: Pass
  ) -> Tensor {
    let packed = pair.first.forward(x, parameters, pass)
    rotate(packed.view, sequence: pass.rows, past: past, inverse: false, pass)
    let shape = CachedAttentionShape(
      new: pass.rows, past: past, capacity: capacity, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize)
    let attended = pass.activation([pass.rows, shape.width])
    pass.executor.launch(
      .cachedAttention(shape, pass.type), reading: [packed.view], writing: [attended.view, cache])
    return pair.second.forward(attended.view, parameters, pass)
  }

  private func rotate(_ packed: TensorView, sequence: Int, past: Int = 0, inverse: Bool, _ pass: Pass) {
    guard let frequencies else { return }
    let shape = RotaryShape(
      rows: pass.rows, sequence: sequence, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, past: past,
      frequencies: frequencies)
    pass.executor.launch(.rotary(shape, inverse: inverse, pass.type), writing: [packed])
  }

  private func shape(_ pass: Pass) -> AttentionShape {
    AttentionShape(
      batch: pass.batch, sequence: pass.sequence, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize,
      causal: true, dropout: pass.innerDropout(probability, site: site), firstHead: firstHead)
  }
}
