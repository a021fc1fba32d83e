/// Four rows by two vectors of a small matrix product, held in registers.
///
/// C[4, 2·W] = A[4, k]·B[k, 2·W], for operands that are in cache: B is a panel of k contiguous rows, A is read in place with any strides.
/// OpenBLAS packs both operands of every call, which costs more than the product where k is a head's size.
struct RegisterTile<T: KernelScalar> {
  typealias Vector = T.Vector
  static var width: Int { 2 * Vector.scalarCount }
  static var height: Int { 4 }

  var a0, a1, b0, b1, c0, c1, d0, d1: Vector

  @inline(__always)
  init(_ k: Int, _ a: UnsafePointer<T>, rowStride: Int, columnStride: Int, _ panel: UnsafePointer<T>) {
    (a0, a1, b0, b1) = (.zero, .zero, .zero, .zero)
    (c0, c1, d0, d1) = (.zero, .zero, .zero, .zero)
    var (a, panel) = (a, UnsafeRawPointer(panel))
    for _ in 0..<k {
      let left = panel.loadUnaligned(as: Vector.self)
      let right = panel.loadUnaligned(fromByteOffset: MemoryLayout<Vector>.size, as: Vector.self)
      let (w, x) = (Vector(repeating: a[0]), Vector(repeating: a[rowStride]))
      let (y, z) = (Vector(repeating: a[2 &* rowStride]), Vector(repeating: a[3 &* rowStride]))
      a0 = multiplyAdd(a0, w, left)
      a1 = multiplyAdd(a1, w, right)
      b0 = multiplyAdd(b0, x, left)
      b1 = multiplyAdd(b1, x, right)
      c0 = multiplyAdd(c0, y, left)
      c1 = multiplyAdd(c1, y, right)
      d0 = multiplyAdd(d0, z, left)
      d1 = multiplyAdd(d1, z, right)
      a += columnStride
      panel += 2 &* MemoryLayout<Vector>.size
    }
  }

  /// c[row, 0..<2·W] = tile, all four rows.
  @inline(__always)
  func store(_ c: UnsafeMutablePointer<T>, stride: Int) {
    put(c, a0, a1)
    put(c + stride, b0, b1)
    put(c + 2 * stride, c0, c1)
    put(c + 3 * stride, d0, d1)
  }

  /// c[row, 0..<2·W] += tile, all four rows.
  @inline(__always)
  func add(to c: UnsafeMutablePointer<T>, stride: Int) {
    append(c, a0, a1)
    append(c + stride, b0, b1)
    append(c + 2 * stride, c0, c1)
    append(c + 3 * stride, d0, d1)
  }

  @inline(__always)
  private func put(_ c: UnsafeMutablePointer<T>, _ left: Vector, _ right: Vector) {
    let raw = UnsafeMutableRawPointer(c)
    raw.storeBytes(of: left, as: Vector.self)
    raw.storeBytes(of: right, toByteOffset: MemoryLayout<Vector>.size, as: Vector.self)
  }

  @inline(__always)
  private func append(_ c: UnsafeMutablePointer<T>, _ left: Vector, _ right: Vector) {
    let raw = UnsafeRawPointer(c)
    put(
      c, raw.loadUnaligned(as: Vector.self) + left,
      raw.loadUnaligned(fromByteOffset: MemoryLayout<Vector>.size, as: Vector.self) + right)
  }
}

/// c + a·b, fused where the processor can: without FMA in the target, a fused product is a libm call per lane.
@inline(__always)
func multiplyAdd<V: SIMD>(_ c: V, _ a: V, _ b: V) -> V where V.Scalar: BinaryFloatingPoint {
  #if TUNED
    c.addingProduct(a, b)
  #else
    c + a * b
  #endif
}
