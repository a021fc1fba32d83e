package import Quantities

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
  case .float16: block.convert(HalfFloat.self, x, y, to)
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
    case .float16: loop(X.self, x, HalfFloat.self, y)
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
