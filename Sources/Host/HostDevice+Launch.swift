package import Execution
import Kernels
package import Program
import Quantities

extension HostDevice {
  /// Computes one operation, at once. The executor has checked the operands.
  package func launch(
    _ operation: Operation, reading: [Operand], writing: [Operand], on stream: Program.Stream
  ) {
    let (r, w) = (reading.map(region), writing.map(region))
    switch operation {
    case .fill(let count, let value, let type): fill(type, w[0], count: count, value: value)
    case .copy(let count, let type): copy(from: r[0], to: w[0], byteCount: count * type.size)
    case .add(let count, let type): add(type, r[0], to: w[0], count: count)
    case .matmul(let s, let type):
      matmul(
        type, r[0], r[1], bias: s.bias ? r[2] : nil, w[0], m: s.m, n: s.n, k: s.k, transposeA: s.transposeA,
        transposeB: s.transposeB, accumulate: s.accumulate)
    case .columnSum(let rows, let columns, let accumulate, let type):
      columnSum(type, r[0], w[0], rows: rows, columns: columns, accumulate: accumulate)
    case .embedding, .embeddingBackward: embed(operation, r, w)
    case .layerNorm, .layerNormBackward: normalise(operation, r, w)
    case .activation(let f, let count, let type): activation(f.loop, type, r[0], w[0], count: count)
    case .activationBackward(let f, let count, let type):
      activationBackward(f.loop, type, r[0], r[1], w[0], count: count)
    case .residualAdd(let rows, let columns, let dropout, let type):
      residualAdd(
        type, r[0], r[1], w[0], rows: rows, columns: columns, mask: dropout.map { MaskKey(r[2], $0) })
    case .dropoutBackward(let rows, let columns, let site, let type):
      dropout(type, r[0], w[0], rows: rows, columns: columns, mask: MaskKey(r[1], site))
    case .attention, .attentionBackward, .cachedAttention: attend(operation, r, w)
    case .crossEntropy(let rows, let vocabulary, let type):
      crossEntropy(
        type, logits: r[0], targets: r[1], loss: w[0], logSumExp: w[1], rows: rows, vocabulary: vocabulary)
    case .crossEntropyBackward(let rows, let vocabulary, let type):
      crossEntropyBackward(
        type, logits: w[0], targets: r[2], logSumExp: r[0], scale: r[1], rows: rows, vocabulary: vocabulary)
    case .squaredNorm, .sum, .clipCoefficient: reduce(operation, r, w)
    case .optimizerStep(let rule, let count, let type):
      optimizerStep(
        rule.loop, type, gradient: r[0], parameter: w[0], states: Array(w.dropFirst()), count: count,
        rate: value(of: r[1], at: 0, double: true), step: Int(value(of: r[1], at: 1, double: true)),
        clip: value(of: r[1], at: 2, double: true))
    }
  }

  private func embed(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .embedding(let s, let type):
      embedding(
        type, tokens: r[0], positions: r[1], ids: r[2], y: w[0], rows: s.rows, columns: s.columns,
        vocabulary: s.vocabulary, sequence: s.sequence, mask: s.dropout.map { MaskKey(r[3], $0) })
    case .embeddingBackward(let s, let type):
      embeddingBackward(
        type, dy: r[0], ids: r[1], dtokens: w[0], dpositions: w[1], rows: s.rows, columns: s.columns,
        vocabulary: s.vocabulary, sequence: s.sequence, mask: s.dropout.map { MaskKey(r[2], $0) })
    default: preconditionFailure("\(operation.name) is no embedding")
    }
  }

  private func normalise(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .layerNorm(let s, let type):
      layerNorm(
        type, x: r[0], gain: r[1], bias: s.bias ? r[2] : nil, y: w[0], statistics: w[1], rows: s.rows,
        columns: s.columns, epsilon: s.epsilon)
    case .layerNormBackward(let s, let accumulate, let type):
      layerNormBackward(
        type, dy: r[0], residual: r[1], x: r[2], statistics: r[3], gain: r[4], dx: w[0], dgain: w[1],
        dbias: s.bias ? w[2] : nil, rows: s.rows, columns: s.columns, accumulate: accumulate)
    default: preconditionFailure("\(operation.name) is no norm")
    }
  }

  private func attend(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .attention(let s, let type):
      attention(
        type, s.loop, packed: r[0], y: w[0], logSumExp: w[1], mask: s.dropout.map { MaskKey(r[1], $0) })
    case .attentionBackward(let s, let type):
      attentionBackward(
        type, s.loop, dy: r[0], y: r[1], packed: r[2], logSumExp: r[3], dpacked: w[0],
        mask: s.dropout.map { MaskKey(r[4], $0) })
    case .cachedAttention(let s, let type):
      cachedAttention(
        type, packed: r[0], y: w[0], cache: w[1], new: s.new, past: s.past, capacity: s.capacity, heads: s.heads,
        keyValueHeads: s.keyValueHeads, headSize: s.headSize)
    default: preconditionFailure("\(operation.name) is no attention")
    }
  }

  private func reduce(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .squaredNorm(let count, let type):
      setValue(squaredNorm(type, r[0], count: count), of: w[0], at: 0, double: true)
    case .sum(let count, let type):
      setValue(sum(type, r[0], count: count), of: w[0], at: 0, double: true)
    case .clipCoefficient(let partials, let maximum):
      let norm = sum(.float64, r[0], count: partials).squareRoot()
      setValue(norm, of: w[0], at: 0, double: true)
      setValue(maximum > 0 ? min(1, maximum / (norm + 1e-6)) : 1, of: w[1], at: 0, double: true)
    default: preconditionFailure("\(operation.name) is no reduction")
    }
  }
}

extension MaskKey {
  fileprivate init(_ key: Region, _ dropout: Dropout) {
    self.init(key, site: dropout.site, probability: dropout.probability, sequence: dropout.sequence)
  }
}

extension AttentionShape {
  fileprivate var loop: AttentionLoop {
    AttentionLoop(
      batch: batch, sequence: sequence, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, causal: causal)
  }
}

extension Activation {
  fileprivate var loop: ActivationLoop {
    switch self {
    case .relu: .relu
    case .gelu: .gelu
    case .geluTanh: .geluTanh
    case .silu: .silu
    case .quickGELU: .quickGELU
    }
  }
}
