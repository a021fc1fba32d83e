import Kernels
import Program
import Quantities

extension HostDevice {
  func embed(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .tokenEmbedding(let s, let type):
      tokenEmbedding(
        type, table: r[0], ids: r[1], y: w[0], rows: s.rows, columns: s.columns, vocabulary: s.vocabulary,
        first: s.first)
    case .tokenEmbeddingBackward(let s, let type, let gradient):
      requireEqual(type, gradient, operation)
      tokenEmbeddingBackward(
        type, dy: r[0], ids: r[1], dtable: w[0], rows: s.rows, columns: s.columns, vocabulary: s.vocabulary,
        first: s.first)
    case .addPositions(let s, let type):
      addPositions(type, s.loop, table: r[0], x: w[0], mask: s.dropout.map { MaskKey(r[1], $0) })
    case .addPositionsBackward(let s, let type, let gradient):
      requireEqual(type, gradient, operation)
      addPositionsBackward(type, s.loop, dx: w[0], dtable: w[1], mask: s.dropout.map { MaskKey(r[0], $0) })
    default: preconditionFailure("\(operation.name) is no embedding")
    }
  }

  func normalise(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .norm(let s, let type) where s.centred:
      layerNorm(
        type, x: r[0], gain: r[1], bias: s.bias ? r[2] : nil, y: w[0], statistics: w[1], rows: s.rows,
        columns: s.columns, epsilon: s.epsilon)
    case .norm(let s, let type):
      precondition(!s.bias, "RMSNorm has no bias")
      rmsNorm(
        type, x: r[0], gain: r[1], y: w[0], statistics: w[1], rows: s.rows, columns: s.columns, epsilon: s.epsilon)
    case .normBackward(let s, let accumulate, let type, let gradient):
      requireEqual(type, gradient, operation)
      normaliseBackward(s, accumulate, type, r, w)
    default: preconditionFailure("\(operation.name) is no norm")
    }
  }

  private func normaliseBackward(
    _ s: NormShape, _ accumulate: Bool, _ type: ScalarType, _ r: [Region], _ w: [Region]
  ) {
    precondition(s.centred || !s.bias, "RMSNorm has no bias")
    if s.centred {
      layerNormBackward(
        type, dy: r[0], residual: r[1], x: r[2], gain: r[3], statistics: r[4], dx: w[0], dgain: w[1],
        dbias: s.bias ? w[2] : nil, rows: s.rows, columns: s.columns, accumulate: accumulate)
    } else {
      rmsNormBackward(
        type, dy: r[0], residual: r[1], x: r[2], gain: r[3], statistics: r[4], dx: w[0], dgain: w[1], rows: s.rows,
        columns: s.columns, accumulate: accumulate)
    }
  }

  func activate(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .activation(let f, let count, let type): activation(f.loop, type, r[0], w[0], count: count)
    case .activationBackward(let f, let count, let type):
      activationBackward(f.loop, type, r[0], r[1], w[0], count: count)
    case .gatedActivation(let f, let rows, let columns, let type):
      gatedActivation(f.loop, type, packed: r[0], y: w[0], rows: rows, columns: columns)
    case .gatedActivationBackward(let f, let rows, let columns, let type):
      gatedActivationBackward(f.loop, type, dy: r[0], packed: r[1], dpacked: w[0], rows: rows, columns: columns)
    default: preconditionFailure("\(operation.name) is no activation")
    }
  }

  func attend(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    switch operation {
    case .rotary(let s, let inverse, let type):
      rotary(
        type, s.loop, packed: w[0], radians: s.frequencies.radians(headSize: s.headSize), inverse: inverse)
    case .attention(let s, let type):
      attention(type, s.loop, packed: r[0], y: w[0], logSumExp: w[1], mask: s.dropout.map { MaskKey(r[1], $0) })
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
}
