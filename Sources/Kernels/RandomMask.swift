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
  /// Rows of the batch that come before the operand's first.
  let firstRow: Int

  /// - Parameters:
  ///   - key: four int32 values: seed (low, high), step, first global sample of the batch.
  ///   - firstRow: rows of the batch that other ranks hold before these.
  package init(_ key: Region, site: Int, probability: Double, sequence: Int, firstRow: Int = 0) {
    let words = key.values(Int32.self, 4)
    let seed = UInt64(UInt32(bitPattern: words[0])) | UInt64(UInt32(bitPattern: words[1])) << 32
    let step = mix(seed) ^ UInt64(UInt32(bitPattern: words[2])) &* 0xa24b_aed4_963e_e407
    stem = mix(step) ^ UInt64(truncatingIfNeeded: site) &* 0x9fb2_1c65_1e98_df25
    threshold = UInt32(min(probability * 4_294_967_296, 4_294_967_295))
    scale = 1 / (1 - probability)
    firstSample = Int(words[3])
    (self.sequence, self.firstRow) = (sequence, firstRow)
  }

  /// The mask of the operand's row `index`, or of one head's scores of that row, heads counted from 1.
  @inline(__always)
  func row(_ index: Int, head: Int = 0) -> RowMask {
    let row = firstRow + index
    return RowMask(key: self, sample: firstSample + row / sequence, position: row % sequence, head: head)
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
