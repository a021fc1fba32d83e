import Cluster
import Program
import Quantities

/// Attention whose scores [B·A, Sq, Sk] pass through memory. All of the square is computed, whatever the mask hides.
///
///     P = softmax(mask(Q·Kᵀ·scale));  Y = dropout(P)·V
///
/// - Eager is GPT-2 of Hugging Face: heads lie apart in the packed matrix, so batched products first copy queries, keys and
///   values, and the heads' outputs are copied together; scale and mask are kernels of their own.
/// - Fused is Megatron's: strided products, and scale and mask inside the softmax.
/// - Compiled: dropout joins the softmax.
///
/// Fewer key-value heads than heads are first repeated.
///
/// - Source: dispatch traces of transformers 5.23 under torch 2.13 (November 2026); Megatron-LM, `DotProductAttention`.
struct UnfusedAttention {
  let batch, queries, keys, heads, keyValueHeads, headSize: Int
  let masks, drops: Bool
  let type: ScalarType
  let lowering: Lowering

  init(_ s: AttentionShape, _ type: ScalarType, _ lowering: Lowering) {
    (batch, queries, keys, heads, keyValueHeads) = (s.batch, s.sequence, s.sequence, s.heads, s.keyValueHeads)
    (headSize, masks, drops) = (s.headSize, s.causal, s.dropout != nil)
    (self.type, self.lowering) = (type, lowering)
  }

  init(_ s: CachedAttentionShape, _ type: ScalarType, _ lowering: Lowering) {
    (batch, queries, keys, heads, keyValueHeads) = (1, s.new, s.past + s.new, s.heads, s.keyValueHeads)
    (headSize, masks, drops) = (s.headSize, s.new > 1, false)
    (self.type, self.lowering) = (type, lowering)
  }

  private var isEager: Bool { lowering.fusion == .eager }
  var isRepeated: Bool { keyValueHeads < heads }
  var scoreCount: Int { batch * heads * queries * keys }
  var queryCount: Int { batch * heads * queries * headSize }
  /// Of keys, and of values, as many heads as queries have.
  private var keyCount: Int { batch * heads * keys * headSize }
  private var storedKeyCount: Int { batch * keyValueHeads * keys * headSize }

  var forward: [LoweredKernel] {
    operands + probabilities
      + (drops && !joinsDropout ? [lowering.dropout(scoreCount, type)] : [])
      + [product("bmm", .nn, m: queries, n: headSize, k: keys), .copy("merge-heads", queryCount, type)]
  }

  /// Without a fused kernel's append, new keys and values are first written into the cache.
  var cached: [LoweredKernel] {
    let appended = 2 * batch * keyValueHeads * queries * headSize
    return (isEager ? [] : [.copy("extend-cache", appended, type)]) + forward
  }

  /// Queries, keys and values as batched products take them.
  private var operands: [LoweredKernel] {
    let queries = isEager ? [LoweredKernel.copy("split-heads", queryCount, type)] : []
    guard isEager || isRepeated else { return [] }
    let traffic = Traffic(read: storedKeyCount * type.size, written: keyCount * type.size)
    let others = LoweredKernel.stream(isRepeated ? "repeat-heads" : "split-heads", keyCount, traffic, operations: 0)
    return queries + [others, others]
  }

  private var joinsDropout: Bool { lowering.fusion == .compiled }

  /// From queries and keys to probabilities; compiled, to dropped ones beside them.
  var probabilities: [LoweredKernel] {
    let scores = product("bmm", .tn, m: queries, n: keys, k: headSize)
    let separate = isEager ? [LoweredKernel.pass("scale", scoreCount, reads: 1, type)] + mask : []
    var softmax = LoweredKernel.rows(
      .softmax, isEager ? "softmax" : "scale-mask-softmax", rows: batch * heads * queries, columns: keys, type)
    if joinsDropout && drops { softmax = softmax.writingDropped(scoreCount, type) }
    return [scores] + separate + [softmax]
  }

  /// The sum with 0 or −∞, the same for all heads; it needs no gradient.
  private var mask: [LoweredKernel] {
    let (scores, addend) = (scoreCount * type.size, batch * queries * keys * type.size)
    return masks ? [.stream("mask", scoreCount, Traffic(read: scores + addend, written: scores))] : []
  }

  /// A batched product over all heads.
  func product(_ name: String, _ layout: MatmulKernel.Layout, m: Int, n: Int, k: Int) -> LoweredKernel {
    .gemm(
      name,
      MatmulKernel(
        batch: batch * heads, m: m, n: n, k: k, precision: lowering.precision(type), layout: layout,
        resultSize: type.size))
  }
}

extension LoweredKernel {
  /// The same pass over the scores also writes the dropped probabilities and their mask of one byte.
  fileprivate func writingDropped(_ count: Int, _ type: ScalarType) -> LoweredKernel {
    let written = traffic.written + ByteCount(count * (type.size + 1))
    return .stream("\(name)+dropout", count, Traffic(read: traffic.read, written: written), operations: 7, special: 1)
  }
}
