import Kernels
package import Quantities

/// Where 16-bit operands become fp32, panel by panel: memory of the host's own, beside the device's and outside its
/// ledger, as the registers and shared memory of an accelerator are.
///
/// It grows to the largest operation met and stays; a panel begins on a page.
final class Staging {
  private let arena: Arena
  /// The arena's only block. A larger one takes its place at the same address, with what it holds: regions taken stay
  /// valid.
  private var block: Region
  private var used = 0

  /// Reserves address space; memory is taken when it is first written.
  init(capacity: Int = 1 << 36) throws(ArenaError) {
    arena = try Arena(capacity: capacity)
    block = arena.allocate(0)
  }

  /// The most bytes that one operation has used.
  var bytes: Int { block.byteCount }

  /// Gives everything back, for the next operation.
  func reset() { used = 0 }

  func take(byteCount: Int) -> Region {
    let start = used
    used += (byteCount + 4095) & ~4095
    if used > block.byteCount {
      arena.free(block)
      block = arena.allocate(used)
    }
    return block.slice(byteOffset: start, byteCount: byteCount)
  }

  /// Room for fp32 values.
  func take(singles count: Int) -> Region { take(byteCount: 4 * count) }
}

extension HostDevice {
  /// The most host memory that panels of 16-bit operations have taken.
  package var hostScratch: ByteCount { ByteCount(staging.bytes) }
}
