/// The queries, keys and values of one head of one sample, in place in the packed matrix.
struct HeadView<T: KernelScalar> {
  let s: AttentionLoop
  let q, k, v: UnsafeMutablePointer<T>
  /// Query heads that share one key-value head.
  let group: Int

  @inline(__always)
  init(_ s: AttentionLoop, _ packed: UnsafeMutablePointer<T>, sample: Int, head: Int) {
    self.s = s
    group = s.heads / s.keyValueHeads
    let row = packed + sample * s.sequence * s.packed
    q = row + head * s.headSize
    k = row + s.width + head / group * s.headSize
    v = k + s.keyValueHeads * s.headSize
  }

  private var scale: T { 1 / T(s.headSize).squareRoot() }

  typealias Mask = (key: MaskKey, sample: Int, head: Int)

  @inline(__always)
  private func row(_ mask: Mask, _ query: Int) -> RowMask {
    RowMask(key: mask.key, sample: mask.key.firstSample + mask.sample, position: query, head: mask.head + 1)
  }

  /// scores[block, reach] = Q·Kᵀ/√D.
  @inline(__always)
  private func score(_ block: Range<Int>, _ reach: Int, _ scores: UnsafeMutablePointer<T>) {
    T.gemm(
      false, true, block.count, reach, s.headSize, scale, q + block.lowerBound * s.packed, s.packed, k, s.packed, 0,
      scores, reach)
  }

  @inline(__always)
  func forward(
    _ block: Range<Int>, _ scores: UnsafeMutablePointer<T>, _ y: UnsafeMutablePointer<T>,
    _ logSumExp: UnsafeMutablePointer<T>, _ mask: Mask?
  ) {
    let reach = s.reach(block.upperBound)
    score(block, reach, scores)
    for query in block {
      let line = scores + (query - block.lowerBound) * reach
      let length = s.causal ? query + 1 : reach
      let maximum = laneMaximum(line, length)
      for j in 0..<length { line[j] = T.exponential(line[j] - maximum) }
      let total = laneSum(line, length)
      logSumExp[query] = maximum + T.naturalLogarithm(total)
      let inverse = 1 / total
      for j in 0..<length { line[j] *= inverse }
      for j in length..<reach { line[j] = 0 }
      if let mask { drop(line, length, row(mask, query), T(mask.key.scale)) }
    }
    T.gemm(false, false, block.count, s.headSize, reach, 1, scores, reach, v, s.packed, 0, y, s.width)
  }

  @inline(__always)
  private func drop(_ line: UnsafeMutablePointer<T>, _ length: Int, _ keep: RowMask, _ scale: T) {
    for j in 0..<length { line[j] = keep.keeps(j) ? line[j] * scale : 0 }
  }

  /// Writes the block's query gradients and adds to (or sets, if `fresh`) the key and value gradients it reaches.
  @inline(__always)
  func backward(
    _ block: Range<Int>, _ scratch: UnsafeMutablePointer<T>, _ dy: UnsafeMutablePointer<T>,
    _ y: UnsafeMutablePointer<T>, _ logSumExp: UnsafeMutablePointer<T>, _ gradient: HeadView, _ fresh: Bool,
    _ mask: Mask?
  ) {
    let (reach, rows, d) = (s.reach(block.upperBound), block.count, s.headSize)
    let (p, dp) = (scratch, scratch + rows * reach)
    score(block, reach, p)
    for query in block {
      let line = p + (query - block.lowerBound) * reach
      let length = s.causal ? query + 1 : reach
      let shift = logSumExp[query]
      for j in 0..<length { line[j] = T.exponential(line[j] - shift) }
      for j in length..<reach { line[j] = 0 }
    }
    // dp = dy·Vᵀ first; then dV needs the dropped p, and ds the undropped one.
    T.gemm(false, true, rows, reach, d, 1, dy, s.width, v, s.packed, 0, dp, reach)
    if let mask {
      for query in block {
        let offset = (query - block.lowerBound) * reach
        let keep = row(mask, query)
        let scale = T(mask.key.scale)
        drop(dp + offset, reach, keep, scale)
      }
      valueGradientDropped(block, reach, p, dy, gradient, fresh, mask)
    } else {
      T.gemm(true, false, reach, d, rows, 1, p, reach, dy, s.width, fresh ? 0 : 1, gradient.v, s.packed)
    }
    for query in block {
      let offset = (query - block.lowerBound) * reach
      let (line, dline) = (p + offset, dp + offset)
      let row = (query - block.lowerBound) * s.width
      let delta: T = laneDot(dy + row, y + row, d)
      for j in 0..<reach { dline[j] = line[j] * (dline[j] - delta) * scale }
    }
    T.gemm(
      false, false, rows, d, reach, 1, dp, reach, k, s.packed, 0, gradient.q + block.lowerBound * s.packed, s.packed)
    T.gemm(
      true, false, reach, d, rows, 1, dp, reach, q + block.lowerBound * s.packed, s.packed, fresh ? 0 : 1, gradient.k,
      s.packed)
  }

  /// dV += dropout(p)ᵀ·dy, one query at a time into a dropped copy of its row.
  @inline(__always)
  private func valueGradientDropped(
    _ block: Range<Int>, _ reach: Int, _ p: UnsafeMutablePointer<T>, _ dy: UnsafeMutablePointer<T>,
    _ gradient: HeadView, _ fresh: Bool, _ mask: Mask
  ) {
    withUnsafeTemporaryAllocation(of: T.self, capacity: block.count * reach) { copy in
      let copy = copy.baseAddress!
      copy.update(from: p, count: block.count * reach)
      for query in block {
        drop(copy + (query - block.lowerBound) * reach, reach, row(mask, query), T(mask.key.scale))
      }
      T.gemm(
        true, false, reach, s.headSize, block.count, 1, copy, reach, dy, s.width, fresh ? 0 : 1, gradient.v, s.packed)
    }
  }
}
