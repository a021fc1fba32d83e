/// A run of bytes in memory. Kernels take regions, so that no target above them touches a pointer.
///
/// Whoever makes a region keeps its memory alive; kernels check sizes at their border, not inside their loops.
@safe
package struct Region {
  package let base: UnsafeMutableRawPointer
  package let byteCount: Int

  package init(base: UnsafeMutableRawPointer, byteCount: Int) {
    (self.base, self.byteCount) = (base, byteCount)
  }

  package func slice(byteOffset: Int, byteCount: Int) -> Region {
    require(
      byteOffset >= 0 && byteCount >= 0 && byteOffset + byteCount <= self.byteCount,
      "\(byteCount) bytes at \(byteOffset) are not in a region of \(self.byteCount)")
    return Region(base: base + byteOffset, byteCount: byteCount)
  }

  /// The region as values of one type, at least `count` of them.
  @inline(__always)
  func values<T>(_: T.Type, _ count: Int) -> UnsafeMutablePointer<T> {
    require(count * MemoryLayout<T>.stride <= byteCount, "\(count) values do not fit in \(byteCount) bytes")
    return base.assumingMemoryBound(to: T.self)
  }
}
