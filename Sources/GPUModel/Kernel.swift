package import Cluster

/// One launch on a GPU. An operation of the program becomes one or several of these, by its `Lowering`.
package enum Kernel: Hashable, Sendable {
  case matmul(MatmulKernel)
  case streaming(StreamingKernel)
  case rows(RowKernel)
  case attention(AttentionKernel)
}

/// C[b,m,n] (+)= op(A)[b,m,k] · op(B)[b,k,n], row-major.
package struct MatmulKernel: Hashable, Sendable {
  /// Which operands are transposed, in the words of BLAS for the column-major product that a library computes: a linear layer's
  /// forward is TN (weights stored [n, k]), its input gradient NN, its weight gradient NT.
  package enum Layout: String, Hashable, Sendable, CaseIterable {
    case nn = "NN"
    case tn = "TN"
    case nt = "NT"
    case tt = "TT"
  }

  package var batch, m, n, k: Int
  package var precision: MathPrecision
  package var layout: Layout
  /// Bytes of one value of C.
  package var resultSize: Int
  /// C is read too.
  package var accumulates: Bool

  package init(
    batch: Int = 1, m: Int, n: Int, k: Int, precision: MathPrecision, layout: Layout = .tn, resultSize: Int? = nil,
    accumulates: Bool = false
  ) {
    (self.batch, self.m, self.n, self.k) = (batch, m, n, k)
    (self.precision, self.layout) = (precision, layout)
    (self.resultSize, self.accumulates) = (resultSize ?? min(4, max(2, precision.size)), accumulates)
  }
}

/// A kernel that passes over memory once: elementwise functions, copies, casts, optimizer steps.
package struct StreamingKernel: Hashable, Sendable {
  /// Bytes of DRAM that are read and written if nothing is in a cache.
  package var bytesRead, bytesWritten: Int
  /// fp32 operations, and of them those that go through the special-function unit (exp, tanh, divisions).
  package var operations, specialFunctions: Int
  /// Values that threads are made for.
  package var elements: Int
  /// Rows, where a library gives each one block whose threads load value by value; 0 where threads load 16 bytes each.
  package var rowBlocks: Int

  package init(
    bytesRead: Int, bytesWritten: Int, operations: Int = 0, specialFunctions: Int = 0, elements: Int, rowBlocks: Int = 0
  ) {
    (self.bytesRead, self.bytesWritten) = (bytesRead, bytesWritten)
    (self.operations, self.specialFunctions) = (operations, specialFunctions)
    (self.elements, self.rowBlocks) = (elements, rowBlocks)
  }
}

/// A kernel of one block (or warp) a row, which reduces along the row: softmax, norms, cross-entropy.
package struct RowKernel: Hashable, Sendable {
  package enum Function: String, Hashable, Sendable, CaseIterable {
    case softmax
    case softmaxBackward = "softmax-backward"
    case layerNorm = "layernorm"
    case layerNormBackward = "layernorm-backward"
    case rmsNorm = "rmsnorm"
    case rmsNormBackward = "rmsnorm-backward"
    case crossEntropy = "cross-entropy"
    case crossEntropyBackward = "cross-entropy-backward"
  }

  package var function: Function
  package var rows, columns: Int
  /// Bytes of one value of the operands.
  package var size: Int
  /// Threads load value by value, as vLLM's do, not 16 bytes each.
  package var isScalar: Bool

  package init(_ function: Function, rows: Int, columns: Int, size: Int, isScalar: Bool = false) {
    (self.function, self.rows, self.columns, self.size) = (function, rows, columns, size)
    self.isScalar = isScalar
  }
}

/// Fused attention (FlashAttention and its like): no S×S matrix leaves the multiprocessor.
package struct AttentionKernel: Hashable, Sendable {
  package var batch, queries, keys, heads, keyValueHeads: Int
  /// Values of one head of queries and keys, and of values.
  package var headSize, valueSize: Int
  package var causal, backward: Bool
  package var precision: MathPrecision
  /// A kernel before it writes keys and values into a paged cache, as servers do.
  package var fillsCache: Bool

  package init(
    batch: Int, queries: Int, keys: Int, heads: Int, keyValueHeads: Int, headSize: Int, valueSize: Int? = nil,
    causal: Bool, backward: Bool = false, precision: MathPrecision, fillsCache: Bool = false
  ) {
    (self.batch, self.queries, self.keys, self.heads) = (batch, queries, keys, heads)
    (self.keyValueHeads, self.headSize, self.valueSize) = (keyValueHeads, headSize, valueSize ?? headSize)
    (self.causal, self.backward, self.precision, self.fillsCache) = (causal, backward, precision, fillsCache)
  }
}
