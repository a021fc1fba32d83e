import Model

/// How many values a model's parameters have, by what tensor parallelism does to them; from the published shapes.
///
/// - Source: Radford et al. 2019; Touvron et al. 2023, arXiv:2302.13971; the cut is Megatron-LM's, arXiv:1909.08053, §3.
package struct ModelSizes: Sendable {
  package let layers, hidden, table: Int
  package let isTied: Bool
  /// Values of matrices and biases that tensor-parallel ranks cut, and of what each of them holds whole.
  package let cut, replicated: Int

  init(_ a: Architecture) {
    (layers, hidden, table, isTied) = (a.layers, a.hidden, a.vocabulary * a.hidden, a.isTied)
    let (queries, keys) = (a.heads * a.headSize, a.keyValueHeads * a.headSize)
    let expansion = a.feedForward == .gated ? 2 * a.intermediate : a.intermediate
    let matrices =
      a.hidden * (queries + 2 * keys) + queries * a.hidden + a.hidden * expansion + a.intermediate * a.hidden
    // Biases lie along what a matrix puts out: cut with its columns, whole after a sum over its rows.
    let cutBiases = (a.attentionBias ? queries + 2 * keys : 0) + (a.feedForwardBias ? expansion : 0)
    let wholeBiases = (a.attentionBias ? a.hidden : 0) + (a.feedForwardBias ? a.hidden : 0)
    let norm = a.norm == .layer(bias: true) ? 2 * a.hidden : a.hidden
    cut = a.layers * (matrices + cutBiases) + table + (a.isTied ? 0 : table)
    let positions = a.positions == .learned ? a.positionCount * a.hidden : 0
    replicated = a.layers * (2 * norm + wholeBiases) + positions + norm
  }
}
