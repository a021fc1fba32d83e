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

// Terms of more than one product are functions of their own: closures of that size are not inlined, and cost a call per vector.

/// Σ x·y·(z − shift)·scale.
@inline(__always)
func laneDot<T: KernelScalar>(
  _ x: UnsafePointer<T>, _ y: UnsafePointer<T>, _ z: UnsafePointer<T>, shift: T, scale: T, _ count: Int
) -> T {
  let (shifts, scales) = (SIMD8<T>(repeating: shift), SIMD8<T>(repeating: scale))
  @inline(__always) func term(_ i: Int) -> T { x[i] * y[i] * ((z[i] - shift) * scale) }
  @inline(__always) func terms(_ i: Int) -> SIMD8<T> {
    load8(x, i) * load8(y, i) * ((load8(z, i) - shifts) * scales)
  }
  return laneSum(count, term, terms)
}

/// Σ (x − shift)².
@inline(__always)
func laneSquares<T: KernelScalar>(_ x: UnsafePointer<T>, shift: T, _ count: Int) -> T {
  let shifts = SIMD8<T>(repeating: shift)
  @inline(__always) func term(_ i: Int) -> T { (x[i] - shift) * (x[i] - shift) }
  @inline(__always) func terms(_ i: Int) -> SIMD8<T> {
    let d = load8(x, i) - shifts
    return d * d
  }
  return laneSum(count, term, terms)
}

/// The largest value, in eight lanes that are plain variables: a lane-wise maximum of SIMD values does not become one instruction.
@inline(__always)
func laneMaximum<T: KernelScalar>(_ x: UnsafePointer<T>, _ count: Int) -> T {
  var (a, b, c, d) = (x[0], x[0], x[0], x[0])
  var (e, f, g, h) = (x[0], x[0], x[0], x[0])
  var i = 0
  while i &+ 8 <= count {
    let p = x + i
    a = p[0] > a ? p[0] : a
    b = p[1] > b ? p[1] : b
    c = p[2] > c ? p[2] : c
    d = p[3] > d ? p[3] : d
    e = p[4] > e ? p[4] : e
    f = p[5] > f ? p[5] : f
    g = p[6] > g ? p[6] : g
    h = p[7] > h ? p[7] : h
    i &+= 8
  }
  while i < count {
    a = x[i] > a ? x[i] : a
    i &+= 1
  }
  return max(max(max(a, b), max(c, d)), max(max(e, f), max(g, h)))
}
