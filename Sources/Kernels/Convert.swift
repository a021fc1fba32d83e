package import Quantities

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

/// Float16 itself: F16C instructions where the target has them, else calls.
extension Float16: StoredScalar {
  @inline(__always) var single: Float { Float(self) }
  @inline(__always) var double: Double { Double(Float(self)) }
  @inline(__always) init(single: Float) { self = Float16(single) }
  @inline(__always) init(double: Double) { self = Float16(oddSingle(double)) }
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

/// y[i] = x[i], rounded to nearest even where `to` is narrower. The regions do not overlap.
package func convert(from x: Region, _ from: ScalarType, to y: Region, _ to: ScalarType, count: Int) {
  convertBlock(from: x, from, stride: count, to: y, to, stride: count, rows: 1, columns: count)
}

/// The same for a block of a matrix; `stride` is the values from one row's start to the next.
package func convertBlock(
  from x: Region, _ from: ScalarType, stride xStride: Int, to y: Region, _ to: ScalarType, stride yStride: Int,
  rows: Int, columns: Int
) {
  guard rows > 0, columns > 0 else { return }
  let dense = xStride == columns && yStride == columns
  let block = Block(
    rows: dense ? 1 : rows, columns: dense ? rows * columns : columns, xStride: xStride, yStride: yStride)
  switch from {
  case .bfloat16: block.convert(BrainFloat.self, x, y, to)
  case .float16: block.convert(Float16.self, x, y, to)
  case .float32: block.convert(Float.self, x, y, to)
  case .float64: block.convert(Double.self, x, y, to)
  case .int32: fatalError("int32 values have no other type")
  }
}

private struct Block {
  let rows, columns, xStride, yStride: Int

  func convert<X: StoredScalar>(_: X.Type, _ x: Region, _ y: Region, _ to: ScalarType) {
    switch to {
    case .bfloat16: loop(X.self, x, BrainFloat.self, y)
    case .float16: loop(X.self, x, Float16.self, y)
    case .float32: loop(X.self, x, Float.self, y)
    case .float64: loop(X.self, x, Double.self, y)
    case .int32: fatalError("no value is converted to int32")
    }
  }

  @inline(__always)
  private func loop<X: StoredScalar, Y: StoredScalar>(_: X.Type, _ x: Region, _: Y.Type, _ y: Region) {
    let x = x.values(X.self, (rows - 1) * xStride + columns)
    let y = y.values(Y.self, (rows - 1) * yStride + columns)
    for row in 0..<rows {
      let (source, target) = (x + row * xStride, y + row * yStride)
      if X.self == Y.self {
        UnsafeMutableRawPointer(target).copyMemory(from: source, byteCount: columns * MemoryLayout<X>.stride)
      } else if X.self == Double.self {
        for i in 0..<columns { target[i] = Y(double: source[i].double) }
      } else {
        for i in 0..<columns { target[i] = Y(single: source[i].single) }
      }
    }
  }
}
