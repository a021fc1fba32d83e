/// Sums and maxima in sixteen lanes: fast, because lanes do not wait for each other, and reproducible, because their order is fixed.
@inline(__always)
func laneSum<T: KernelScalar>(_ count: Int, _ term: (Int) -> T, _ terms: (Int) -> SIMD8<T>) -> T {
  var (a, b) = (SIMD8<T>.zero, SIMD8<T>.zero)
  var i = 0
  while i &+ 16 <= count {
    a += terms(i)
    b += terms(i &+ 8)
    i &+= 16
  }
  var total = fold(a + b)
  while i < count {
    total += term(i)
    i &+= 1
  }
  return total
}

@inline(__always)
func fold<T: KernelScalar>(_ v: SIMD8<T>) -> T {
  let four = v.lowHalf + v.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

@inline(__always)
func load8<T: KernelScalar>(_ p: UnsafePointer<T>, _ i: Int) -> SIMD8<T> {
  UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<T>.self)
}

@inline(__always)
func load8<T: KernelScalar>(_ p: UnsafeMutablePointer<T>, _ i: Int) -> SIMD8<T> {
  UnsafeRawPointer(p + i).loadUnaligned(as: SIMD8<T>.self)
}

@inline(__always)
func laneSum<T: KernelScalar>(_ x: UnsafePointer<T>, _ count: Int) -> T {
  laneSum(count, { x[$0] }, { load8(x, $0) })
}

@inline(__always)
func laneDot<T: KernelScalar>(_ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ count: Int) -> T {
  laneSum(count, { x[$0] * y[$0] }, { load8(x, $0) * load8(y, $0) })
}

@inline(__always)
func laneMaximum<T: KernelScalar>(_ x: UnsafePointer<T>, _ count: Int) -> T {
  var best = x[0]
  var i = 0
  if count >= 8 {
    var lanes = load8(x, 0)
    i = 8
    while i &+ 8 <= count {
      let next = load8(x, i)
      lanes.replace(with: next, where: next .> lanes)
      i &+= 8
    }
    for lane in 0..<8 where lanes[lane] > best { best = lanes[lane] }
  }
  while i < count {
    if x[i] > best { best = x[i] }
    i &+= 1
  }
  return best
}
