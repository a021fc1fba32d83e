import Kernels
import Testing

@Suite("The arena")
struct ArenaTests {
  private func address(_ region: Region) -> Int { Int(bitPattern: region.base) }

  /// Sizes on both sides of a cache line, a page and the border above which blocks start on pages.
  private static let sizes = [0, 1, 63, 64, 65, 4096, 65_535, 65_536, 100_000]

  @Test("Live blocks never overlap, are aligned, and freeing all of them leaves one hole", arguments: 0..<8)
  func randomLife(seed: Int) throws {
    let capacity = 1 << 24
    let arena = try Arena(capacity: capacity)
    let origin = arena.allocate(1)
    arena.free(origin)
    var noise = Noise(seed + 1)
    var live: [Region] = []
    for _ in 0..<600 {
      if live.count > 20 || (!live.isEmpty && noise.index(below: 3) == 0) {
        arena.free(live.remove(at: noise.index(below: live.count)))
      } else {
        live.append(arena.allocate(Self.sizes[noise.index(below: Self.sizes.count)]))
      }
      let violation = violation(live, arena)
      #expect(violation == nil)
    }
    for region in live { arena.free(region) }
    #expect(arena.live == 0)
    // Only one hole over everything can hold the whole capacity.
    let all = arena.allocate(capacity)
    #expect(address(all) == address(origin))
  }

  private func violation(_ live: [Region], _ arena: Arena) -> String? {
    let ordered = live.sorted { address($0) < address($1) }
    for (a, b) in zip(ordered, ordered.dropFirst()) where address(a) + max(a.byteCount, 1) > address(b) {
      return "blocks of \(a.byteCount) and \(b.byteCount) bytes overlap"
    }
    if live.contains(where: { address($0) % ($0.byteCount >= 65_536 ? 4096 : 64) != 0 }) { return "alignment" }
    let bytes = live.reduce(0) { $0 + $1.byteCount }
    return arena.live == bytes ? nil : "\(arena.live) bytes are counted, \(bytes) are live"
  }

  @Test("A block that is freed is handed out again, at the lowest address that fits")
  func reuse() throws {
    let arena = try Arena(capacity: 1 << 20)
    let blocks = (0..<3).map { _ in arena.allocate(1000) }
    arena.free(blocks[2])
    arena.free(blocks[0])
    let again = arena.allocate(1000)
    #expect(address(again) == address(blocks[0]))
    // Neighbours join: two blocks of 1000 bytes make room for one of 2000.
    arena.free(again)
    arena.free(blocks[1])
    let joined = arena.allocate(2000)
    #expect(address(joined) == address(blocks[0]))
  }

  @Test("The high-water mark is the end of the highest block, and stays")
  func highWater() throws {
    let arena = try Arena(capacity: 1 << 20)
    let (a, b) = (arena.allocate(64), arena.allocate(100))
    #expect(arena.highWater == 192)
    arena.free(b)
    arena.free(a)
    let small = arena.allocate(1)
    #expect(arena.highWater == 192)
    arena.free(small)
  }

  @Test("A request beyond the address space ends the process")
  func exhausted() async {
    await #expect(processExitsWith: .failure) {
      let arena = try Arena(capacity: 1 << 16)
      _ = arena.allocate(1 << 17)
    }
  }

  @Test("Address space that the system refuses is an error that says what to do")
  func refused() {
    let error = #expect(throws: ArenaError.self) { try Arena(capacity: 1 << 60) }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains("ulimit"))
  }
}
