package import Quantities

/// What a collective makes of two ranks' values.
package enum Combination: String, Hashable, Sendable, CaseIterable {
  case sum, maximum
}

/// y[i] = y[i] ∘ x[i], where ∘ adds or takes the larger.
///
/// 16-bit values are added in fp32 and rounded once, to nearest even. A value that is no number wins every maximum, so that
/// a fault on one rank is seen on all.
package func combine(_ combination: Combination, _ type: ScalarType, _ x: Region, into y: Region, count: Int) {
  switch type {
  case .float32: combineLoop(Float.self, combination, x, y, count)
  case .float64: combineLoop(Double.self, combination, x, y, count)
  case .bfloat16: combineBrainFloats(combination, x, y, count)
  case .float16: combineHalves(combination, x, y, count)
  case .int32: require(false, "indices are not combined")
  }
}

@inline(__always)
private func combineLoop<T: BinaryFloatingPoint>(
  _: T.Type, _ combination: Combination, _ x: Region, _ y: Region, _ count: Int
) {
  let (x, y) = (x.values(T.self, count), y.values(T.self, count))
  switch combination {
  case .sum: for i in 0..<count { y[i] += x[i] }
  case .maximum: for i in 0..<count { y[i] = larger(x[i], y[i]) }
  }
}

private func combineBrainFloats(_ combination: Combination, _ x: Region, _ y: Region, _ count: Int) {
  let (x, y) = (x.values(UInt16.self, count), y.values(UInt16.self, count))
  switch combination {
  case .sum: for i in 0..<count { y[i] = brainFloat(value(brainFloat: y[i]) + value(brainFloat: x[i])) }
  case .maximum:
    for i in 0..<count {
      let (received, own) = (value(brainFloat: x[i]), value(brainFloat: y[i]))
      y[i] = received > own || received != received ? x[i] : y[i]
    }
  }
}

private func combineHalves(_ combination: Combination, _ x: Region, _ y: Region, _ count: Int) {
  let (x, y) = (x.values(Float16.self, count), y.values(Float16.self, count))
  switch combination {
  case .sum: for i in 0..<count { y[i] = Float16(Float(y[i]) + Float(x[i])) }
  case .maximum: for i in 0..<count { y[i] = Float16(larger(Float(x[i]), Float(y[i]))) }
  }
}

@inline(__always)
private func larger<T: BinaryFloatingPoint>(_ received: T, _ own: T) -> T {
  received > own || received != received ? received : own
}

@inline(__always)
private func value(brainFloat bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) &<< 16) }

/// To nearest even. A value that is no number keeps its upper bits and stays none.
@inline(__always)
private func brainFloat(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let rounded = (bits &+ 0x7fff &+ ((bits &>> 16) & 1)) &>> 16
  return UInt16(truncatingIfNeeded: value != value ? (bits &>> 16) | 0x40 : rounded)
}
