package import Quantities

/// Which values of a row are kept, from counters alone: the key names the row, the index the feature.
struct RowMask {
  private let low, high: UInt32
  private let threshold: UInt32

  /// - Parameter key: (seed low, seed high, step, …) as the program's random key holds them.
  @inline(__always)
  init(key: MaskKey, sample: Int, position: Int, head: Int = 0) {
    var hash = mix(key.stem ^ UInt64(truncatingIfNeeded: sample) &* 0x9e37_79b9_7f4a_7c15)
    hash = mix(hash ^ UInt64(truncatingIfNeeded: position) &* 0xd1b5_4a32_d192_ed03)
    hash = mix(hash ^ UInt64(truncatingIfNeeded: head) &* 0x8cb9_2ba7_2f3d_8dd7)
    low = UInt32(truncatingIfNeeded: hash)
    high = UInt32(truncatingIfNeeded: hash >> 32)
    threshold = key.threshold
  }

  /// Whether feature `i` survives: two rounds of a 32-bit finaliser, which vectorises.
  @inline(__always)
  func keeps(_ i: Int) -> Bool {
    var x = UInt32(truncatingIfNeeded: i) &* 0x9e37_79b9 ^ low
    x = (x ^ (x &>> 16)) &* 0x21f0_aaad
    x = (x ^ (x &>> 15)) &* 0x735a_2d97
    x = (x ^ (x &>> 15)) &+ high
    x = (x ^ (x &>> 16)) &* 0x7feb_352d
    return (x ^ (x &>> 15)) >= threshold
  }
}

/// What all rows of one dropout share in one step.
package struct MaskKey: Sendable {
  let stem: UInt64
  let threshold: UInt32
  let scale: Double
  let firstSample: Int
  let sequence: Int

  /// - Parameter key: four int32 values: seed (low, high), step, first global sample of the batch.
  package init(_ key: Region, site: Int, probability: Double, sequence: Int) {
    let words = key.values(Int32.self, 4)
    let seed = UInt64(UInt32(bitPattern: words[0])) | UInt64(UInt32(bitPattern: words[1])) << 32
    let step = mix(seed) ^ UInt64(UInt32(bitPattern: words[2])) &* 0xa24b_aed4_963e_e407
    stem = mix(step) ^ UInt64(truncatingIfNeeded: site) &* 0x9fb2_1c65_1e98_df25
    threshold = UInt32(min(probability * 4_294_967_296, 4_294_967_295))
    scale = 1 / (1 - probability)
    firstSample = Int(words[3])
    self.sequence = sequence
  }

  @inline(__always)
  func row(_ index: Int) -> RowMask {
    RowMask(key: self, sample: firstSample + index / sequence, position: index % sequence)
  }
}

/// splitmix64's finaliser.
@inline(__always)
func mix(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z &>> 31)
}

/// y = residual + dropout(x), or residual + x without a mask.
package func residualAdd(
  _ type: ScalarType, _ residual: Region, _ x: Region, _ y: Region, rows: Int, columns: Int, mask: MaskKey?
) {
  type == .float64
    ? residualAddLoop(Double.self, residual, x, y, rows, columns, mask)
    : residualAddLoop(Float.self, residual, x, y, rows, columns, mask)
}

private func residualAddLoop<T: KernelScalar>(
  _: T.Type, _ residual: Region, _ x: Region, _ y: Region, _ rows: Int, _ columns: Int, _ mask: MaskKey?
) {
  let count = rows * columns
  let (r, x, y) = (residual.values(T.self, count), x.values(T.self, count), y.values(T.self, count))
  guard let mask else {
    for i in 0..<count { y[i] = r[i] + x[i] }
    return
  }
  let scale = T(mask.scale)
  for row in 0..<rows {
    let (keep, base) = (mask.row(row), row * columns)
    for j in 0..<columns { y[base + j] = r[base + j] + (keep.keeps(j) ? x[base + j] * scale : 0) }
  }
}

/// dx = dy ∘ mask / (1 − p); dx may be dy.
package func dropout(_ type: ScalarType, _ dy: Region, _ dx: Region, rows: Int, columns: Int, mask: MaskKey) {
  type == .float64
    ? dropoutLoop(Double.self, dy, dx, rows, columns, mask) : dropoutLoop(Float.self, dy, dx, rows, columns, mask)
}

private func dropoutLoop<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ dx: Region, _ rows: Int, _ columns: Int, _ mask: MaskKey
) {
  let (dy, dx) = (dy.values(T.self, rows * columns), dx.values(T.self, rows * columns))
  let scale = T(mask.scale)
  for row in 0..<rows {
    let (keep, base) = (mask.row(row), row * columns)
    for j in 0..<columns { dx[base + j] = keep.keeps(j) ? dy[base + j] * scale : 0 }
  }
}
