import Execution
import Program

/// Causal self-attention of all heads: one packed projection, fused softmax attention, one output projection.
///
///     [q k v] = x·Wqkv + b;  y = softmax(q·kᵀ/√D)·v · Wo + b
///
/// - Shapes: `x`, `y` [N, H]; packed [N, 3·H]; log-sum-exp [B, A, S].
/// - Saves: packed, the attended values and the log-sum-exp; never an S×S matrix.
/// - Communicates: nothing.
package struct SelfAttention: Sendable {
  private let heads, headSize: Int
  private let packing, projection: Linear
  private let probability: Double
  private let site: Int

  package init(
    _ name: String, _ configuration: GPT2Configuration, site: Int, in unit: inout ParameterUnit
  ) {
    let hidden = configuration.hidden
    (heads, headSize) = (configuration.heads, hidden / configuration.heads)
    (probability, self.site) = (configuration.attentionDropout, site)
    packing = Linear(
      "\(name).c_attn", inputs: hidden, outputs: 3 * hidden, deviation: configuration.initializerRange,
      bias: configuration.bias, in: &unit)
    projection = Linear(
      "\(name).c_proj", inputs: hidden, outputs: hidden, deviation: configuration.residualDeviation,
      bias: configuration.bias, in: &unit)
  }

  package struct Saved: ~Copyable {
    let packed, attended, logSumExp: Tensor
  }
  package struct Output: ~Copyable {
    let y: Tensor
    let saved: Saved
  }

  func forward(_ x: TensorView, _ parameters: Parameters, _ pass: Pass) -> Output {
    let packed = packing.forward(x, parameters, pass)
    let shape = shape(pass)
    let attended = pass.activation([pass.rows, shape.width])
    let logSumExp = pass.activation([pass.batch, heads, pass.sequence])
    pass.executor.launch(
      .attention(shape, pass.type), reading: [packed.view] + pass.key(shape.dropout),
      writing: [attended.view, logSumExp.view])
    let y = projection.forward(attended.view, parameters, pass)
    return Output(y: y, saved: Saved(packed: packed, attended: attended, logSumExp: logSumExp))
  }

  /// What the weight gradients still need.
  package struct Pending: ~Copyable {
    let attended, dpacked: Tensor
  }
  package struct Backward: ~Copyable {
    let dx: Tensor
    let pending: Pending
  }

  func backwardInput(_ dy: TensorView, _ saved: consuming Saved, _ parameters: Parameters, _ pass: Pass) -> Backward {
    let dattended = projection.backwardInput(dy, parameters, pass)
    let shape = shape(pass)
    let dpacked = pass.activation([pass.rows, shape.packed])
    pass.executor.launch(
      .attentionBackward(shape, pass.type),
      reading: [dattended.view, saved.attended.view, saved.packed.view, saved.logSumExp.view]
        + pass.key(shape.dropout),
      writing: [dpacked.view])
    let dx = packing.backwardInput(dpacked.view, parameters, pass)
    return Backward(dx: dx, pending: Pending(attended: saved.attended, dpacked: dpacked))
  }

  func backwardWeight(
    _ pending: consuming Pending, x: TensorView, dy: TensorView, _ gradients: Gradients, _ pass: Pass
  ) {
    projection.backwardWeight(pending.attended.view, dy, gradients, pass)
    packing.backwardWeight(x, pending.dpacked.view, gradients, pass)
  }

  /// New tokens of one sequence over a cache [capacity, 2·H] that holds `past` tokens, and grows by them.
  func extend(
    _ x: TensorView, past: Int, cache: TensorView, capacity: Int, _ parameters: Parameters, _ pass: Pass
  ) -> Tensor {
    let packed = packing.forward(x, parameters, pass)
    let shape = CachedAttentionShape(
      new: pass.rows, past: past, capacity: capacity, heads: heads, keyValueHeads: heads, headSize: headSize)
    let attended = pass.activation([pass.rows, shape.width])
    pass.executor.launch(
      .cachedAttention(shape, pass.type), reading: [packed.view], writing: [attended.view, cache])
    return projection.forward(attended.view, parameters, pass)
  }

  private func shape(_ pass: Pass) -> AttentionShape {
    AttentionShape(
      batch: pass.batch, sequence: pass.sequence, heads: heads, keyValueHeads: heads, headSize: headSize,
      causal: true, dropout: pass.dropout(probability, site: site))
  }
}
