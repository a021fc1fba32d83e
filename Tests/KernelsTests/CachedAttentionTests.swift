import Kernels
import Quantities
import Testing

@Suite("Attention over a cache")
struct CachedAttentionTests {
  /// Tokens that arrive together: all at once, one by one, and in uneven portions.
  private static let portions = [[13], Array(repeating: 1, count: 13), [5, 1, 7]]

  @Test("However tokens arrive, they see what causal attention sees, row by row", arguments: portions, types)
  func equalsAttention(portions: [Int], type: ScalarType) throws {
    for (heads, keyValueHeads) in [(1, 1), (4, 4), (4, 2), (4, 1)] {
      for headSize in [1, 3, 16, 17] {
        let s = AttentionLoop(
          batch: 1, sequence: 13, heads: heads, keyValueHeads: keyValueHeads, headSize: headSize, causal: true)
        let run = try AttentionTests.Run(s, type)
        let worst = worstError(try extend(run.packed, s, portions, type), run.y, type, floor: 4)
        #expect(worst <= 8, "\(s)")
      }
    }
  }

  private func extend(_ packed: [Double], _ s: AttentionLoop, _ portions: [Int], _ type: ScalarType) throws -> [Double]
  {
    let memory = try Memory(type)
    let (columns, width) = ((s.heads + 2 * s.keyValueHeads) * s.headSize, s.heads * s.headSize)
    // Larger than needed, and full of what must not be read.
    let cache = memory.region(Array(repeating: .nan, count: 20 * 2 * s.keyValueHeads * s.headSize))
    var (past, outputs) = (0, [Double]())
    for new in portions {
      let y = memory.zeros(new * width)
      cachedAttention(
        type, packed: memory.region(Array(packed[past * columns..<(past + new) * columns])), y: y, cache: cache,
        new: new,
        past: past, capacity: 20, heads: s.heads, keyValueHeads: s.keyValueHeads, headSize: s.headSize)
      outputs += memory.values(y, new * width)
      past += new
    }
    return outputs
  }

  @Test("More tokens than the cache holds end the process")
  func overflow() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      cachedAttention(
        .float32, packed: memory.zeros(6), y: memory.zeros(2), cache: memory.zeros(4), new: 2, past: 1, capacity: 2,
        heads: 1, keyValueHeads: 1, headSize: 1)
    }
  }
}
