package import Quantities

/// The sizes of one attention; heads read columns of a packed matrix [B·S, (A + 2·Akv)·D]: queries, keys, values.
package struct AttentionLoop: Sendable {
  package var batch, sequence, heads, keyValueHeads, headSize: Int
  package var causal: Bool
  /// Heads that other ranks hold before the first of these: a head's mask does not depend on who computes it.
  package var firstHead: Int

  package init(
    batch: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, causal: Bool, firstHead: Int = 0
  ) {
    (self.batch, self.sequence, self.heads) = (batch, sequence, heads)
    (self.keyValueHeads, self.headSize) = (keyValueHeads, headSize)
    (self.causal, self.firstHead) = (causal, firstHead)
  }

  var packed: Int { (heads + 2 * keyValueHeads) * headSize }
  var width: Int { heads * headSize }
  /// Query heads that share one key-value head.
  var group: Int { heads / keyValueHeads }

  /// Columns of a head's queries, keys and values in the packed matrix.
  @inline(__always)
  func columns(_ head: Int) -> (q: Int, k: Int, v: Int) {
    let key = width + head / group * headSize
    return (head * headSize, key, key + keyValueHeads * headSize)
  }

  /// Which probabilities of a head are dropped.
  @inline(__always)
  func mask(_ key: MaskKey?, sample: Int, head: Int) -> HeadMask? {
    key.map { HeadMask(key: $0, sample: sample, head: firstHead + head) }
  }

  func head<T>(_: T.Type) -> AttentionHead<T> {
    AttentionHead(panels: AttentionPanels(sequence: sequence, size: headSize), causal: causal)
  }

  /// Every head of every sample.
  @inline(__always)
  func eachHead(_ body: (_ sample: Int, _ head: Int) -> Void) {
    for sample in 0..<batch { for head in 0..<heads { body(sample, head) } }
  }

  @inline(__always)
  var blocks: StrideTo<Int> { stride(from: 0, to: sequence, by: AttentionHead<Float>.blockRows) }

  @inline(__always)
  func block(_ start: Int) -> Range<Int> { start..<min(start + AttentionHead<Float>.blockRows, sequence) }
}

/// y[B·S, A·D] = softmax(Q·Kᵀ/√D)·V per head, and the log-sum-exp of every score row [B, A, S]. A block of queries sees all its keys
/// at once, so no running maximum is needed and no S×S matrix exists.
package func attention(
  _ type: ScalarType, _ s: AttentionLoop, packed: Region, y: Region, logSumExp: Region, mask: MaskKey?
) {
  type.isDouble
    ? forward(Double.self, s, packed, y, logSumExp, mask) : forward(Float.self, s, packed, y, logSumExp, mask)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ s: AttentionLoop, _ packed: Region, _ y: Region, _ logSumExp: Region, _ mask: MaskKey?
) {
  let rows = s.batch * s.sequence
  let (packed, y) = (packed.values(T.self, rows * s.packed), y.values(T.self, rows * s.width))
  let logSumExp = logSumExp.values(T.self, s.batch * s.heads * s.sequence)
  let head = s.head(T.self)
  let (panels, scale) = (head.panels, 1 / T(s.headSize).squareRoot())
  withScratch(
    T.self, [panels.rowsCount, panels.transposedCount, panels.featureCount, head.stripCount, s.sequence]
  ) { scratch in
    let (q, k, v, strip, inverse) = (scratch[0], scratch[1], scratch[2], scratch[3], scratch[4])
    s.eachHead { sample, index in
      let (base, columns) = (packed + sample * s.sequence * s.packed, s.columns(index))
      panels.copyRows(base + columns.q, stride: s.packed, scale: scale, to: q)
      panels.transpose(base + columns.k, stride: s.packed, to: k)
      panels.copyFeatures(base + columns.v, stride: s.packed, scale: 1, to: v)
      let statistics = logSumExp + (sample * s.heads + index) * s.sequence
      let mask = s.mask(mask, sample: sample, head: index)
      for start in s.blocks {
        let block = s.block(start)
        head.score(block, q, k, strip)
        head.softmax(block, strip, statistics, inverse, mask)
        let target = y + sample * s.sequence * s.width + index * s.headSize
        head.apply(block, strip, v, to: target, stride: s.width) { inverse[$0] }
      }
    }
  }
}

extension AttentionHead {
  /// strip ← exp(strip − maximum), not yet divided by the row's sum; keeps the sum's inverse and the log-sum-exp.
  @inline(__always)
  func softmax(_ block: Range<Int>, _ strip: Values, _ logSumExp: Values, _ inverse: Values, _ mask: HeadMask?) {
    let ld = stride(block)
    for query in block {
      let line = strip + (query - block.lowerBound) * ld
      let length = reach(query + 1)
      let maximum = laneMaximum(line, length)
      for j in 0..<length { line[j] = T.exponential(line[j] - maximum) }
      let total = laneSum(line, length)
      logSumExp[query] = maximum + T.naturalLogarithm(total)
      inverse[query] = 1 / total
      for j in length..<ld { line[j] = 0 }
      mask?.drop(line, length, query: query)
    }
  }
}

/// Scratch in several parts, each on a cache line; CPU-only, outside every ledger.
func withScratch<T>(_: T.Type, _ counts: [Int], _ body: ([UnsafeMutablePointer<T>]) -> Void) {
  let sizes = counts.map { (max($0, 1) * MemoryLayout<T>.stride + 63) / 64 * 64 }
  withUnsafeTemporaryAllocation(byteCount: sizes.reduce(0, +), alignment: 64) { bytes in
    var next = bytes.baseAddress!
    body(
      zip(counts, sizes).map { count, size in
        defer { next += size }
        return next.bindMemory(to: T.self, capacity: count)
      })
  }
}
