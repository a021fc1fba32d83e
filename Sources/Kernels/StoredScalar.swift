/// A type that values are kept in. Loops over it read and write fp32 or, for fp64's sake, doubles.
protocol StoredScalar {
  var single: Float { get }
  var double: Double { get }
  /// The nearest value, ties to even; NaN stays NaN.
  init(single: Float)
  init(double: Double)
}

/// The upper half of an fp32 value: eight bits of exponent, seven of fraction.
struct BrainFloat: StoredScalar {
  var bits: UInt16

  @inline(__always) var single: Float { Float(bitPattern: UInt32(bits) &<< 16) }
  @inline(__always) var double: Double { Double(single) }

  /// A tie's last bit decides whether the half below carries. A NaN keeps its sign and what fits of its payload, and is
  /// quiet.
  @inline(__always)
  init(single: Float) {
    let pattern = single.bitPattern
    let upper = pattern &>> 16
    let rounded = (pattern &+ 0x7fff &+ (upper & 1)) &>> 16
    bits = UInt16(truncatingIfNeeded: pattern & 0x7fff_ffff > 0x7f80_0000 ? upper | 0x40 : rounded)
  }

  @inline(__always) init(double: Double) { self.init(single: oddSingle(double)) }
}

/// IEEE's binary16: five bits of exponent, ten of fraction. By F16C's instructions where the target has them; elsewhere
/// by fp32 arithmetic, since there Float16 is a call a value.
struct HalfFloat: StoredScalar {
  var bits: UInt16

  @inline(__always) var double: Double { Double(single) }
  @inline(__always) init(double: Double) { self.init(single: oddSingle(double)) }

  #if TUNED
    @inline(__always) var single: Float { Float(Float16(bitPattern: bits)) }
    @inline(__always) init(single: Float) { bits = Float16(single).bitPattern }
  #else
    /// The exponents differ by 112; the product makes normal values of subnormal ones.
    @inline(__always) var single: Float {
      let magnitude = UInt32(bits & 0x7fff) &<< 13
      let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
      let sign = UInt32(bits & 0x8000) &<< 16
      return Float(bitPattern: sign | (magnitude >= 0x0f80_0000 ? scaled | 0x7f80_0000 : scaled))
    }

    /// One half has subnormals' last place, so that adding it rounds to them; a tie's last bit decides whether the
    /// rest carries.
    @inline(__always)
    init(single: Float) {
      let magnitude = single.bitPattern & 0x7fff_ffff
      let order = Int32(bitPattern: magnitude)
      let normal = (magnitude &+ 0xc800_0fff &+ ((magnitude &>> 13) & 1)) &>> 13
      let subnormal = (Float(bitPattern: magnitude) + 0.5).bitPattern &- 0x3f00_0000
      let finite = order < 0x3880_0000 ? subnormal : normal
      let ordered = order >= 0x4780_0000 ? 0x7c00 : finite
      let result = order > 0x7f80_0000 ? 0x7e00 : ordered
      bits = UInt16(truncatingIfNeeded: result | (single.bitPattern &>> 16 & 0x8000))
    }
  #endif
}

extension Float: StoredScalar {
  @inline(__always) var single: Float { self }
  @inline(__always) var double: Double { Double(self) }
  @inline(__always) init(single: Float) { self = single }
  @inline(__always) init(double: Double) { self = Float(double) }
}

extension Double: StoredScalar {
  @inline(__always) var single: Float { Float(self) }
  @inline(__always) var double: Double { self }
  @inline(__always) init(single: Float) { self = Double(single) }
  @inline(__always) init(double: Double) { self = double }
}

/// fp32 with an odd last bit wherever the double has more digits: such a value can still be rounded to 16 bits once, as
/// if it had them all.
@inline(__always)
private func oddSingle(_ value: Double) -> Float {
  let nearest = Float(value)
  let back = Double(nearest)
  let towardsZero = abs(back) > abs(value) ? nearest.bitPattern &- 1 : nearest.bitPattern
  return Float(bitPattern: back != value ? towardsZero | 1 : towardsZero)
}
