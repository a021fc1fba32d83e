package import Quantities

extension Kernel {
  /// Useful floating-point operations, a multiply-add as two: what the mathematics asks for, not what padding adds.
  package var flops: FLOPCount {
    switch self {
    case .matmul(let kernel): FLOPCount(2 * kernel.batch * kernel.m * kernel.n * kernel.k)
    case .streaming(let kernel): FLOPCount(kernel.operations)
    case .rows(let kernel): FLOPCount(kernel.function.operationsPerValue * kernel.rows * kernel.columns)
    case .attention(let kernel): FLOPCount(kernel.products * kernel.scores)
    }
  }

  /// Values that threads are made for, of kernels that pass over them in order; nil of matrix products and attention.
  var elements: Int? {
    switch self {
    case .streaming(let kernel): kernel.elements
    case .rows(let kernel): kernel.rows * kernel.columns
    case .matmul, .attention: nil
    }
  }
}

extension AttentionKernel {
  /// Query-key pairs that are attended to. A causal mask lets the last query see every key (as with a cache of earlier keys), so
  /// equal lengths give S·(S + 1) / 2 a head.
  package var scores: Int { batch * heads * (causal ? triangle : queries * keys) }

  private var triangle: Int {
    let full = max(0, keys - queries)
    let rows = min(queries, keys)
    return rows * full + rows * (rows + 1) / 2
  }

  /// Operations a pair: q·k and p·v forward; q·k again, dp, dv, dq and dk backward.
  var products: Int { backward ? 2 * (3 * headSize + 2 * valueSize) : 2 * (headSize + valueSize) }
}

extension RowKernel.Function {
  /// Operations a value, counted as `Operation.flops` does where the program has the function. Softmax: maximum, difference, exp,
  /// sum, division; its gradient: product, sum, difference, product.
  var operationsPerValue: Int {
    switch self {
    case .softmax: 5
    case .softmaxBackward: 4
    case .layerNorm: 7
    case .layerNormBackward: 12
    case .rmsNorm: 4
    case .rmsNormBackward: 9
    case .crossEntropy, .crossEntropyBackward: 3
    }
  }
}
