package import Quantities

/// The sizes of one attention; heads read columns of a packed matrix [B·S, (A + 2·Akv)·D]: queries, keys, values.
package struct AttentionLoop: Sendable {
  package var batch, sequence, heads, keyValueHeads, headSize: Int
  package var causal: Bool

  package init(batch: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, causal: Bool) {
    (self.batch, self.sequence, self.heads) = (batch, sequence, heads)
    (self.keyValueHeads, self.headSize, self.causal) = (keyValueHeads, headSize, causal)
  }

  var packed: Int { (heads + 2 * keyValueHeads) * headSize }
  var width: Int { heads * headSize }
  /// Queries of one block: its scores against every key fit in a core's cache, whatever the sequence length.
  var blockRows: Int { max(8, min(64, 49152 / max(sequence, 1))) }
  /// Keys that some query of a block ending at `end` attends to.
  func reach(_ end: Int) -> Int { causal ? end : sequence }
}

/// y[B·S, A·D] = softmax(Q·Kᵀ/√D)·V per head, and the log-sum-exp of every score row [B, A, S]. Query blocks see all their keys at
/// once, so no running maximum is needed and no S×S matrix exists.
package func attention(
  _ type: ScalarType, _ s: AttentionLoop, packed: Region, y: Region, logSumExp: Region, mask: MaskKey?
) {
  type == .float64
    ? forward(Double.self, s, packed, y, logSumExp, mask) : forward(Float.self, s, packed, y, logSumExp, mask)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ s: AttentionLoop, _ packed: Region, _ y: Region, _ logSumExp: Region, _ mask: MaskKey?
) {
  let rows = s.batch * s.sequence
  let (packed, y) = (packed.values(T.self, rows * s.packed), y.values(T.self, rows * s.width))
  let logSumExp = logSumExp.values(T.self, s.batch * s.heads * s.sequence)
  withScratch(T.self, s.blockRows * s.sequence) { scores in
    for sample in 0..<s.batch {
      for head in 0..<s.heads {
        let view = HeadView(s, packed, sample: sample, head: head)
        for start in stride(from: 0, to: s.sequence, by: s.blockRows) {
          let block = start..<min(start + s.blockRows, s.sequence)
          let target = y + (sample * s.sequence + start) * s.width + head * s.headSize
          let statistics = logSumExp + (sample * s.heads + head) * s.sequence
          view.forward(block, scores, target, statistics, mask.map { ($0, sample, head) })
        }
      }
    }
  }
}

/// dpacked from dy, the output and the log-sum-exp; scores are computed again, block by block. Dao et al. 2022, algorithm 4.
package func attentionBackward(
  _ type: ScalarType, _ s: AttentionLoop, dy: Region, y: Region, packed: Region, logSumExp: Region, dpacked: Region,
  mask: MaskKey?
) {
  type == .float64
    ? backward(Double.self, s, dy, y, packed, logSumExp, dpacked, mask)
    : backward(Float.self, s, dy, y, packed, logSumExp, dpacked, mask)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ s: AttentionLoop, _ dy: Region, _ y: Region, _ packed: Region, _ logSumExp: Region, _ dpacked: Region,
  _ mask: MaskKey?
) {
  let rows = s.batch * s.sequence
  let (dy, y) = (dy.values(T.self, rows * s.width), y.values(T.self, rows * s.width))
  let (packed, dpacked) = (packed.values(T.self, rows * s.packed), dpacked.values(T.self, rows * s.packed))
  let logSumExp = logSumExp.values(T.self, s.batch * s.heads * s.sequence)
  let starts = Array(stride(from: 0, to: s.sequence, by: s.blockRows).reversed())
  withScratch(T.self, 2 * s.blockRows * s.sequence) { scratch in
    for sample in 0..<s.batch {
      for head in 0..<s.heads {
        let view = HeadView(s, packed, sample: sample, head: head)
        let gradient = HeadView(s, dpacked, sample: sample, head: head)
        // Blocks from the last query backwards: the first one reaches every key and sets the gradients that later ones add to,
        // unless an earlier head of the same key-value group has set them.
        var fresh = head % view.group == 0
        for start in starts {
          let block = start..<min(start + s.blockRows, s.sequence)
          let offset = (sample * s.sequence + start) * s.width + head * s.headSize
          let statistics = logSumExp + (sample * s.heads + head) * s.sequence
          view.backward(
            block, scratch, dy + offset, y + offset, statistics, gradient, fresh, mask.map { ($0, sample, head) })
          fresh = false
        }
      }
    }
  }
}

/// Scratch on a cache line; CPU-only, a few hundred KiB, outside every ledger.
private func withScratch<T>(_: T.Type, _ count: Int, _ body: (UnsafeMutablePointer<T>) -> Void) {
  let bytes = max(count, 1) * MemoryLayout<T>.stride
  withUnsafeTemporaryAllocation(byteCount: bytes, alignment: 64) {
    body($0.baseAddress!.bindMemory(to: T.self, capacity: count))
  }
}
