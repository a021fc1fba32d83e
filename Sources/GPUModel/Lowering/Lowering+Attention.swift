import Cluster
import Program
import Quantities

extension Lowering {
  func attention(_ s: AttentionShape, _ type: ScalarType, _ operation: Operation) -> [LoweredKernel] {
    guard attention == .flash else { return UnfusedAttention(s, type, self).forward }
    return [flash(s, type, operation, backward: false)]
  }

  /// Eager, the three gradients that the fused kernel wrote apart are then packed side by side.
  func attentionBackward(_ s: AttentionShape, _ type: ScalarType, _ operation: Operation) -> [LoweredKernel] {
    guard attention == .flash else { return UnfusedAttention(s, type, self).backward }
    return [flash(s, type, operation, backward: true)]
      + (fusion == .eager ? [.copy("concatenate", s.rows * s.packed, type)] : [])
  }

  private func flash(_ s: AttentionShape, _ type: ScalarType, _ operation: Operation, backward: Bool) -> LoweredKernel {
    let kernel = AttentionKernel(
      batch: s.batch, queries: s.sequence, keys: s.sequence, heads: s.heads, keyValueHeads: s.keyValueHeads,
      headSize: s.headSize, causal: s.causal, backward: backward, precision: precision(type))
    return LoweredKernel(.attention(kernel), name: operation.name, traffic: operation.traffic)
  }

  /// New tokens over a cache. Eager Hugging Face makes the longer keys and values anew, by concatenation.
  func cachedAttention(_ s: CachedAttentionShape, _ type: ScalarType, _ operation: Operation) -> [LoweredKernel] {
    let keys = s.past + s.new
    let extended = LoweredKernel.copy("extend-cache", keys * s.cacheWidth / 2, type)
    let cache = fusion == .eager ? [extended, extended] : []
    guard attention == .flash else { return cache + UnfusedAttention(s, type, self).cached }
    let kernel = AttentionKernel(
      batch: 1, queries: s.new, keys: keys, heads: s.heads, keyValueHeads: s.keyValueHeads, headSize: s.headSize,
      causal: true, precision: precision(type))
    let apart = Traffic(
      read: (s.new * s.width + keys * s.cacheWidth) * type.size, written: s.new * s.width * type.size)
    let traffic = fusion == .eager ? apart : operation.traffic
    return cache + [LoweredKernel(.attention(kernel), name: operation.name, traffic: traffic)]
  }
}
