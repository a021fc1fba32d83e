/// Where the 32 lanes of a warp point in one load or store, in bytes from the warp's base address (a multiple of 128).
package enum AddressPattern: Hashable, Sendable {
  /// Lane `i` at `i · stride`: a stride of the value's own size is coalesced, 0 is a broadcast.
  case strided(Int)
  /// `columns` neighbouring values a row, rows `pitch` bytes apart: lane `i` at row `i / columns`, column `i % columns`.
  case rows(pitch: Int, columns: Int)
  /// Any 32 addresses.
  case lanes([Int])

  /// Byte addresses of the active lanes.
  func addresses(size: Int, mask: UInt32) -> [Int] {
    (0..<SMMachine.warpSize).filter { mask & (1 << UInt32($0)) != 0 }.map { lane in
      switch self {
      case .strided(let stride): lane * stride
      case .rows(let pitch, let columns): lane / columns * pitch + lane % columns * size
      case .lanes(let addresses): addresses[lane]
      }
    }
  }

  /// Coalescing: the distinct 32-byte sectors that the active lanes touch.
  ///
  /// - Source: CUDA C++ Best Practices Guide, "Coalesced Access to Global Memory".
  package func sectors(size: Int, mask: UInt32 = .max) -> Int {
    let sector = SMMachine.sectorSize
    var touched = Set<Int>()
    for address in addresses(size: size, mask: mask) {
      touched.formUnion(address / sector...(address + size - 1) / sector)
    }
    return touched.count
  }

  /// Wavefronts of one shared-memory access: 32 banks of 4 bytes; in a wavefront each bank serves one word.
  ///
  /// Accesses of 8 and 16 bytes a lane go as half and quarter warps; lanes that read the same word share it, and two
  /// neighbouring parts whose words fit one wavefront go together.
  /// - Source: CUDA C++ Programming Guide, "Shared Memory" of compute capability 5.x and later; the pairing from memory.
  package func wavefronts(size: Int, mask: UInt32 = .max) -> Int {
    let part = max(1, SMMachine.warpSize * SMMachine.bankWidth / max(size, SMMachine.bankWidth))
    let all = addresses(size: size, mask: mask)
    let parts = stride(from: 0, to: all.count, by: part).map { words(all[$0..<min($0 + part, all.count)], size) }
    return stride(from: 0, to: parts.count, by: 2).reduce(0) { sum, first in
      let (one, other) = (parts[first], first + 1 < parts.count ? parts[first + 1] : [])
      let together = conflictDegree(one.union(other))
      return sum + (together == 1 ? 1 : conflictDegree(one) + conflictDegree(other))
    }
  }

  private func words(_ addresses: ArraySlice<Int>, _ size: Int) -> Set<Int> {
    let width = SMMachine.bankWidth
    return Set(addresses.flatMap { Array($0 / width...($0 + size - 1) / width) })
  }

  /// Words of the busiest bank.
  private func conflictDegree(_ words: Set<Int>) -> Int {
    var load = [Int](repeating: 0, count: SMMachine.banks)
    for word in words { load[word % SMMachine.banks] += 1 }
    return load.max() ?? 0
  }
}
