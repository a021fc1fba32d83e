import Foundation

/// Device memory of the host: one stretch of address space, handed out first-fit at the lowest address (what stays: at the highest) and joined again when
/// freed, so that gradients reuse the pages of the activations they replace. Huge pages are asked for.
///
/// Large blocks start on a page and all on a cache line: glibc's memcpy is many times slower where source and destination
/// differ by a few bytes modulo a page.
package final class Arena {
  private let base: UnsafeMutableRawPointer
  private let capacity: Int
  /// Free stretches by ascending offset, never adjacent.
  private var holes: [Range<Int>]
  /// The end of the highest block ever handed out: the memory that was really touched, at most.
  package private(set) var highWater = 0
  package private(set) var live = 0
  /// Bytes from the start that may be written; the rest is address space only, which no system counts.
  private var usable = 0

  /// Reserves address space; memory is taken when it is first written.
  package init(capacity: Int = 1 << 38) throws(ArenaError) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let base = mmap(nil, capacity, PROT_NONE, flags, -1, 0), base != MAP_FAILED else {
      throw ArenaError(bytes: capacity, code: errno)
    }
    madvise(base, capacity, MADV_HUGEPAGE)
    (self.base, self.capacity, holes) = (base, capacity, [0..<capacity])
  }

  deinit { munmap(base, capacity) }

  /// Bytes a block really takes.
  private func footprint(_ byteCount: Int) -> Int { (max(byteCount, 1) + 63) & ~63 }

  /// - Parameter stays: whether the block will outlive most of what is allocated now. Such a block takes the upper end of the highest
  ///   hole that holds it, so that what is left of the hole joins what is freed below: a backward pass frees activations from the top
  ///   down, and its gradients fill up behind it.
  package func allocate(_ byteCount: Int, stays: Bool = false) -> Region {
    let size = footprint(byteCount)
    let alignment = size >= 65536 ? 4096 : 64
    let start =
      stays
      ? place(size, alignment, in: holes.indices.dropLast().reversed(), atEnd: true)
        ?? place(size, alignment, in: holes.indices.suffix(1), atEnd: false)
      : place(size, alignment, in: holes.indices, atEnd: false)
    guard let start else { fatalError("the arena's \(capacity) bytes of address space are used up") }
    highWater = max(highWater, start + size)
    open(highWater)
    live += byteCount
    return Region(base: base + start, byteCount: byteCount)
  }

  /// Lets the first `end` bytes be written, a quarter of a gigabyte at a time.
  private func open(_ end: Int) {
    guard end > usable else { return }
    let step = 1 << 28
    let next = min(capacity, (end + step - 1) / step * step)
    guard mprotect(base + usable, next - usable, PROT_READ | PROT_WRITE) == 0 else {
      fatalError("the system refuses \(next - usable) bytes beyond \(usable): \(String(cString: strerror(errno)))")
    }
    usable = next
  }

  /// Takes `size` bytes of the first of these holes that holds them; nil where none does.
  private func place(_ size: Int, _ alignment: Int, in indices: some Sequence<Int>, atEnd: Bool) -> Int? {
    for index in indices {
      let hole = holes[index]
      let start =
        (atEnd ? hole.upperBound - size : hole.lowerBound + alignment - 1) & ~(alignment - 1)
      guard start >= hole.lowerBound, start + size <= hole.upperBound else { continue }
      let rest = [hole.lowerBound..<start, start + size..<hole.upperBound].filter { !$0.isEmpty }
      holes.replaceSubrange(index...index, with: rest)
      return start
    }
    return nil
  }

  package func free(_ region: Region) {
    live -= region.byteCount
    var start = region.base - base
    var end = start + footprint(region.byteCount)
    var index = firstHole(after: start)
    if index < holes.count, holes[index].lowerBound == end { end = holes.remove(at: index).upperBound }
    if index > 0, holes[index - 1].upperBound == start {
      index -= 1
      start = holes.remove(at: index).lowerBound
    }
    holes.insert(start..<end, at: index)
  }

  private func firstHole(after offset: Int) -> Int {
    var (low, high) = (0, holes.count)
    while low < high {
      let middle = (low + high) / 2
      if holes[middle].lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

package struct ArenaError: Error, CustomStringConvertible {
  package var bytes: Int
  package var code: Int32

  package var description: String {
    "cannot reserve \(bytes) bytes of address space: \(String(cString: strerror(code))); raise the limit (ulimit -v unlimited)"
  }
}
