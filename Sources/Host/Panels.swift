import Kernels
import Program
import Quantities

/// Values of one operand in a panel of elementwise work, 64 KiB in fp32: several such fit in a core's second-level
/// cache.
let panelValues = 16_384

extension HostDevice {
  /// Carries out an operation that has 16-bit operands: cut into panels, each of which is the same operation in fp32.
  func runInPanels(_ operation: Operation, _ r: [Region], _ w: [Region]) {
    staging.reset()
    switch operation {
    case .fill(let count, let value, let type): fillHalf(type, w[0], count: count, value: value)
    case .copy(let count, let type): copy(from: r[0], to: w[0], byteCount: count * type.size)
    case .convert(let count, let from, let to): convert(from: r[0], from, to: w[0], to, count: count)
    case .add(let count, let type): combine(.sum, type, r[0], into: w[0], count: count)
    case .matmul(let s, let type, let result): PanelProduct(s, type, result, r, w, staging).run()
    case .tokenEmbedding(let s, let type):
      gatherRows(
        type, table: r[0], ids: r[1], y: w[0], rows: s.rows, columns: s.columns, vocabulary: s.vocabulary,
        first: s.first)
    case .tokenEmbeddingBackward(let s, let type, let gradient) where gradient.isHalf:
      scatterRows(
        type, dy: r[0], ids: r[1], gradient: w[0], gradient, order: staging.take(byteCount: 8 * s.rows),
        sum: staging.take(singles: s.columns), rows: s.rows, columns: s.columns, vocabulary: s.vocabulary,
        first: s.first)
    case .cachedAttention(let s, let type): attendCached(s, type, r, w)
    case .squaredNorm(let count, let type):
      total(count, type, r[0], w[0]) { .squaredNorm(count: $0, .float32) }
    case .sum(let count, let type): total(count, type, r[0], w[0]) { .sum(count: $0, .float32) }
    case .addBias, .columnSum, .residualAdd, .dropoutBackward, .activation, .activationBackward, .gatedActivation,
      .gatedActivationBackward, .optimizerStep, .rotary, .tokenEmbeddingBackward, .addPositions, .addPositionsBackward,
      .norm, .normBackward, .attention, .attentionBackward, .crossEntropy, .crossEntropyBackward, .vocabularyMaximum,
      .vocabularySums, .vocabularyLoss:
      run(PanelPlan(operation), operation.operands, r, w)
    case .clipCoefficient: compute(operation, r, w)
    }
  }

  /// One value over all of x: chunks' results added up in fp64, in order.
  private func total(
    _ count: Int, _ type: ScalarType, _ x: Region, _ y: Region, _ chunk: (Int) -> Operation
  ) {
    let (panel, result) = (staging.take(singles: panelValues), staging.take(byteCount: 8))
    var total = 0.0
    for start in stride(from: 0, to: count, by: panelValues) {
      let length = min(panelValues, count - start)
      let values = x.slice(byteOffset: start * type.size, byteCount: length * type.size)
      convert(from: values, type, to: panel, .float32, count: length)
      compute(chunk(length), [panel], [result])
      total += value(of: result, at: 0, double: true)
    }
    setValue(total, of: y, at: 0, double: true)
  }

  /// Attention over a cache of which only what is filled is staged, and only the new rows go back.
  private func attendCached(_ s: CachedAttentionShape, _ type: ScalarType, _ r: [Region], _ w: [Region]) {
    let packed = staging.take(singles: s.new * s.packed)
    let y = staging.take(singles: s.new * s.width)
    let cache = staging.take(singles: (s.past + s.new) * s.cacheWidth)
    convert(from: r[0], type, to: packed, .float32, count: s.new * s.packed)
    convert(from: w[1], type, to: cache, .float32, count: s.past * s.cacheWidth)
    var filled = s
    filled.capacity = s.past + s.new
    compute(.cachedAttention(filled, .float32), [packed], [y, cache])
    convert(from: y, .float32, to: w[0], type, count: s.new * s.width)
    let (old, new) = (s.past * s.cacheWidth, s.new * s.cacheWidth)
    convert(
      from: cache.slice(byteOffset: 4 * old, byteCount: 4 * new), .float32,
      to: w[1].slice(byteOffset: type.size * old, byteCount: type.size * new), type, count: new)
  }
}

extension ScalarType {
  /// Whether values are kept in 16 bits.
  var isHalf: Bool { size == 2 }
}

extension Operation {
  /// Whether any value is kept in 16 bits, or stands for such: there are no loops over those.
  var involves16Bits: Bool {
    switch self {
    case .fill(_, _, let type), .copy(_, let type), .add(_, let type), .addBias(_, _, let type),
      .tokenEmbedding(_, let type), .addPositions(_, let type), .norm(_, let type), .activation(_, _, let type),
      .activationBackward(_, _, let type), .gatedActivation(_, _, _, let type),
      .gatedActivationBackward(_, _, _, let type), .rotary(_, _, let type), .residualAdd(_, _, _, let type),
      .dropoutBackward(_, _, _, let type), .attention(_, let type), .attentionBackward(_, let type),
      .cachedAttention(_, let type), .crossEntropy(_, _, let type), .crossEntropyBackward(_, _, _, let type),
      .vocabularyMaximum(_, _, let type), .vocabularySums(_, _, _, let type), .vocabularyLoss(_, let type),
      .squaredNorm(_, let type), .sum(_, let type):
      type.isHalf
    case .convert(_, let type, let other), .matmul(_, let type, let other), .columnSum(_, _, _, let type, let other),
      .tokenEmbeddingBackward(_, let type, let other), .addPositionsBackward(_, let type, let other),
      .normBackward(_, _, let type, let other), .optimizerStep(_, _, _, let other, let type):
      type.isHalf || other.isHalf
    case .clipCoefficient: false
    }
  }
}
