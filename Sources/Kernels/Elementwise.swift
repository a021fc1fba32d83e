package import Quantities

/// y[i] = value.
package func fill(_ type: ScalarType, _ y: Region, count: Int, value: Double) {
  switch type {
  case .float32: y.values(Float.self, count).update(repeating: Float(value), count: count)
  case .float64: y.values(Double.self, count).update(repeating: value, count: count)
  case .int32: y.values(Int32.self, count).update(repeating: Int32(value), count: count)
  case .bfloat16, .float16: fatalError("no loop fills \(type.rawValue): panels fill fp32 and convert it")
  }
}

/// Copies bytes; the regions do not overlap.
package func copy(from x: Region, to y: Region, byteCount: Int) {
  require(byteCount <= x.byteCount && byteCount <= y.byteCount, "copy of \(byteCount) bytes leaves its regions")
  y.base.copyMemory(from: x.base, byteCount: byteCount)
}

/// y[i] += x[i].
package func add(_ type: ScalarType, _ x: Region, to y: Region, count: Int) {
  type.isDouble ? addLoop(Double.self, x, y, count) : addLoop(Float.self, x, y, count)
}

private func addLoop<T: KernelScalar>(_: T.Type, _ x: Region, _ y: Region, _ count: Int) {
  let (x, y) = (x.values(T.self, count), y.values(T.self, count))
  for i in 0..<count { y[i] += x[i] }
}

/// Σ x² in fp64, in eight lanes.
package func squaredNorm(_ type: ScalarType, _ x: Region, count: Int) -> Double {
  type.isDouble ? squaredNormLoop(Double.self, x, count) : squaredNormLoop(Float.self, x, count)
}

private func squaredNormLoop<T: KernelScalar>(_: T.Type, _ x: Region, _ count: Int) -> Double {
  let x = x.values(T.self, count)
  var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
  var (e, f, g, h) = (0.0, 0.0, 0.0, 0.0)
  var i = 0
  while i &+ 8 <= count {
    let p = x + i
    let (p0, p1, p2, p3) = (Double(p[0]), Double(p[1]), Double(p[2]), Double(p[3]))
    let (p4, p5, p6, p7) = (Double(p[4]), Double(p[5]), Double(p[6]), Double(p[7]))
    a += p0 * p0
    b += p1 * p1
    c += p2 * p2
    d += p3 * p3
    e += p4 * p4
    f += p5 * p5
    g += p6 * p6
    h += p7 * p7
    i &+= 8
  }
  var total = ((a + e) + (b + f)) + ((c + g) + (d + h))
  while i < count {
    total += Double(x[i]) * Double(x[i])
    i &+= 1
  }
  return total
}

/// Σ x in order of the index, in the type's own precision.
package func sum(_ type: ScalarType, _ x: Region, count: Int) -> Double {
  type.isDouble ? sumLoop(Double.self, x, count) : sumLoop(Float.self, x, count)
}

private func sumLoop<T: KernelScalar>(_: T.Type, _ x: Region, _ count: Int) -> Double {
  let x = x.values(T.self, count)
  var total = 0.0
  for i in 0..<count { total += Double(x[i]) }
  return total
}
