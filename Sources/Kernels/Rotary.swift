package import Quantities

/// Rows of packed queries, keys and values [rows, (A + 2·Akv)·D], of which the first has position `past`.
package struct RotaryLoop: Sendable {
  package var rows, sequence, heads, keyValueHeads, headSize, past: Int

  package init(rows: Int, sequence: Int, heads: Int, keyValueHeads: Int, headSize: Int, past: Int) {
    (self.rows, self.sequence, self.heads) = (rows, sequence, heads)
    (self.keyValueHeads, self.headSize, self.past) = (keyValueHeads, headSize, past)
  }

  var packed: Int { (heads + 2 * keyValueHeads) * headSize }
  var pairs: Int { headSize / 2 }
  /// Positions that occur.
  var positions: Int { min(rows, sequence) }
}

/// Turns features i and i + D/2 of every query and key head by position·radians[i], in place; values stay as they are. Row r has
/// position past + r mod sequence.
///
/// - Parameter inverse: turns back, which is also the gradient.
package func rotary(_ type: ScalarType, _ s: RotaryLoop, packed: Region, radians: [Double], inverse: Bool) {
  require(
    s.headSize % 2 == 0 && radians.count == s.pairs,
    "\(radians.count) frequencies for the pairs of a head of \(s.headSize) features")
  type.isDouble ? turn(Double.self, s, packed, radians, inverse) : turn(Float.self, s, packed, radians, inverse)
}

private func turn<T: KernelScalar>(
  _: T.Type, _ s: RotaryLoop, _ packed: Region, _ radians: [Double], _ inverse: Bool
) {
  let packed = packed.values(T.self, s.rows * s.packed)
  withScratch(T.self, [s.positions * s.pairs, s.positions * s.pairs]) { scratch in
    let table = RotaryTable(radians: radians, cosines: scratch[0], sines: scratch[1])
    table.fill(first: s.past, count: s.positions, sign: inverse ? -1 : 1)
    for row in 0..<s.rows {
      let (line, angles) = (packed + row * s.packed, row % s.sequence * s.pairs)
      for head in 0..<s.heads + s.keyValueHeads {
        turnHead(line + head * s.headSize, table.cosines + angles, table.sines + angles, s.pairs)
      }
    }
  }
}

@inline(__always)
private func turnHead<T: KernelScalar>(
  _ lower: UnsafeMutablePointer<T>, _ cosines: UnsafeMutablePointer<T>, _ sines: UnsafeMutablePointer<T>, _ pairs: Int
) {
  let upper = lower + pairs
  for i in 0..<pairs {
    let (a, b) = (lower[i], upper[i])
    lower[i] = a * cosines[i] - b * sines[i]
    upper[i] = b * cosines[i] + a * sines[i]
  }
}
