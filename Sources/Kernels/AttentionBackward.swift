package import Quantities

/// dpacked from dy, the output and the log-sum-exp; scores are computed again, block by block. Dao et al. 2022, algorithm 4.
package func attentionBackward(
  _ type: ScalarType, _ s: AttentionLoop, dy: Region, y: Region, packed: Region, logSumExp: Region, dpacked: Region,
  mask: MaskKey?
) {
  type.isDouble
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
  let head = s.head(T.self)
  let scratch = BackwardScratch(head)
  withScratch(T.self, scratch.counts) { parts in
    s.eachHead { sample, index in
      let (row, columns) = (sample * s.sequence, s.columns(index))
      let offset = row * s.width + index * s.headSize
      let pass = HeadBackward(
        head: head, parts: parts, logSumExp: logSumExp + (sample * s.heads + index) * s.sequence,
        mask: s.mask(mask, sample: sample, head: index), scale: 1 / T(s.headSize).squareRoot())
      let (base, target) = (packed + row * s.packed, dpacked + row * s.packed)
      pass.pack(base, columns, stride: s.packed, dy + offset, y + offset, rowStride: s.width)
      for start in s.blocks { pass.run(s.block(start), dq: target + columns.q, stride: s.packed) }
      // Heads of one group add up in the gradients of the keys and values they share.
      let shares = index % s.group > 0
      head.panels.writeFeatures(pass.dk, to: target + columns.k, stride: s.packed, accumulate: shares)
      head.panels.writeFeatures(pass.dv, to: target + columns.v, stride: s.packed, accumulate: shares)
    }
  }
}

/// How much of what a head's backward pass needs.
private struct BackwardScratch<T: KernelScalar> {
  let counts: [Int]

  init(_ head: AttentionHead<T>) {
    let p = head.panels
    counts =
      [p.rowsCount, p.rowsCount, p.transposedCount, p.transposedCount]
      + Array(repeating: p.featureCount, count: 5) + Array(repeating: head.stripCount, count: 3) + [p.sequence]
  }
}

/// One head's backward pass: panels of its operands, sums of its key and value gradients.
private struct HeadBackward<T: KernelScalar> {
  typealias Values = UnsafeMutablePointer<T>
  let head: AttentionHead<T>
  let parts: [Values]
  let logSumExp: Values
  let mask: HeadMask?
  let scale: T

  private var q: Values { parts[0] }
  private var dy: Values { parts[1] }
  private var keysTransposed: Values { parts[2] }
  private var valuesTransposed: Values { parts[3] }
  private var qFeatures: Values { parts[4] }
  private var dyFeatures: Values { parts[5] }
  private var kFeatures: Values { parts[6] }
  var dk: Values { parts[7] }
  var dv: Values { parts[8] }
  private var p: Values { parts[9] }
  private var ds: Values { parts[10] }
  private var dropped: Values { parts[11] }
  private var delta: Values { parts[12] }

  /// Queries are scaled on the way in: scores need no factor then, and key gradients come out right.
  @inline(__always)
  func pack(
    _ base: Values, _ columns: (q: Int, k: Int, v: Int), stride: Int, _ upstream: Values, _ y: Values, rowStride: Int
  ) {
    let panels = head.panels
    panels.copyRows(base + columns.q, stride: stride, scale: scale, to: q)
    panels.copyRows(upstream, stride: rowStride, scale: 1, to: dy)
    panels.transpose(base + columns.k, stride: stride, to: keysTransposed)
    panels.transpose(base + columns.v, stride: stride, to: valuesTransposed)
    panels.copyFeatures(base + columns.q, stride: stride, scale: scale, to: qFeatures)
    panels.copyFeatures(upstream, stride: rowStride, scale: 1, to: dyFeatures)
    panels.copyFeatures(base + columns.k, stride: stride, scale: 1, to: kFeatures)
    dk.update(repeating: 0, count: panels.featureCount)
    dv.update(repeating: 0, count: panels.featureCount)
    for row in 0..<head.sequence {
      delta[row] = laneDot(upstream + row * rowStride, y + row * rowStride, head.size)
    }
  }

  @inline(__always)
  func run(_ block: Range<Int>, dq: Values, stride: Int) {
    head.score(block, q, keysTransposed, p)
    head.score(block, dy, valuesTransposed, ds)
    let ld = head.stride(block)
    for query in block {
      let offset = (query - block.lowerBound) * ld
      let (line, dline, length) = (p + offset, ds + offset, head.reach(query + 1))
      let shift = logSumExp[query]
      for j in 0..<length { line[j] = T.exponential(line[j] - shift) }
      for j in length..<ld { line[j] = 0 }
      if let mask {
        mask.drop(dline, length, query: query)
        (dropped + offset).update(from: line, count: ld)
        mask.drop(dropped + offset, length, query: query)
      }
      let mean = delta[query]
      for j in 0..<length { dline[j] = line[j] * (dline[j] - mean) }
      for j in length..<ld { dline[j] = 0 }
    }
    head.collect(block, mask == nil ? p : dropped, dyFeatures, into: dv)
    head.collect(block, ds, qFeatures, into: dk)
    head.apply(block, ds, kFeatures, to: dq, stride: stride) { _ in scale }
  }
}
