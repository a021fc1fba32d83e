import Kernels
import Quantities
import Testing

@Suite("Attention")
struct AttentionTests {
  /// On both sides of the block of 64 queries; 800 makes blocks smaller, so that their scores stay in cache.
  static let sequences = [1, 2, 8, 63, 64, 65, 130, 800]

  /// One forward and backward call on fixed noise.
  struct Run {
    var packed, dy, y, logSumExp, dpacked: [Double]

    init(_ s: AttentionLoop, _ type: ScalarType, mask: MaskKey? = nil) throws {
      var noise = Noise(s.sequence + 31 * s.heads)
      let (memory, rows) = (try Memory(type), s.batch * s.sequence)
      let (columns, width) = ((s.heads + 2 * s.keyValueHeads) * s.headSize, s.heads * s.headSize)
      (packed, dy) = (noise.values(rows * columns, within: 2), noise.values(rows * width))
      let (input, upstream) = (memory.region(packed), memory.region(dy))
      let (output, statistics) = (memory.zeros(rows * width), memory.zeros(rows * s.heads))
      // Backward writes every value: what lies there before must not matter.
      let gradient = memory.region(Array(repeating: 1e6, count: packed.count))
      attention(type, s, packed: input, y: output, logSumExp: statistics, mask: mask)
      attentionBackward(
        type, s, dy: upstream, y: output, packed: input, logSumExp: statistics, dpacked: gradient, mask: mask)
      (y, logSumExp) = (memory.values(output, rows * width), memory.values(statistics, rows * s.heads))
      dpacked = memory.values(gradient, packed.count)
    }
  }

  private func check(_ s: AttentionLoop, _ type: ScalarType) throws {
    let run = try Run(s, type)
    let reference = AttentionReference(shape: s, packed: run.packed)
    let expected = reference.forward()
    let worst = worstError(run.y + run.logSumExp, expected.y + expected.logSumExp, type, floor: 8)
    let slope = worstError(run.dpacked, reference.backward(run.dy), type, floor: 8)
    #expect(worst <= 8, "forward \(s)")
    #expect(slope <= 16, "backward \(s)")
  }

  @Test("Causal attention agrees with the textbook, at and around the block size", arguments: sequences, types)
  func causal(sequence: Int, type: ScalarType) throws {
    try check(
      AttentionLoop(batch: 1, sequence: sequence, heads: 1, keyValueHeads: 1, headSize: 4, causal: true), type)
  }

  @Test("Attention in both directions agrees with the textbook", arguments: sequences, types)
  func bidirectional(sequence: Int, type: ScalarType) throws {
    try check(
      AttentionLoop(batch: 1, sequence: sequence, heads: 1, keyValueHeads: 1, headSize: 4, causal: false), type)
  }

  @Test("Heads may share keys and values; samples stay apart", arguments: [1, 2, 4], types)
  func grouped(keyValueHeads: Int, type: ScalarType) throws {
    for (sequence, headSize) in [(1, 3), (9, 1), (9, 17), (65, 3), (65, 17)] {
      for causal in [true, false] {
        try check(
          AttentionLoop(
            batch: 2, sequence: sequence, heads: 4, keyValueHeads: keyValueHeads, headSize: headSize, causal: causal),
          type)
      }
    }
  }

  @Test("A later token changes no earlier output", arguments: [8, 65])
  func causality(sequence: Int) throws {
    let s = AttentionLoop(batch: 1, sequence: sequence, heads: 2, keyValueHeads: 2, headSize: 8, causal: true)
    let (memory, columns, width) = (try Memory(.float64), 48, 16)
    var packed = try Run(s, .float64).packed
    let outputs = [0.0, 5.0].map { shift in
      packed[(sequence - 1) * columns + 20] += shift
      let (y, statistics) = (memory.zeros(sequence * width), memory.zeros(2 * sequence))
      attention(.float64, s, packed: memory.region(packed), y: y, logSumExp: statistics, mask: nil)
      return memory.values(y, sequence * width)
    }
    let earlier = (sequence - 1) * width
    #expect(outputs[0].prefix(earlier) == outputs[1].prefix(earlier))
    #expect(outputs[0].suffix(width) != outputs[1].suffix(width))
  }

  @Test("Huge scores neither overflow nor lose their order", arguments: types)
  func hugeScores(type: ScalarType) throws {
    let s = AttentionLoop(batch: 1, sequence: 2, heads: 1, keyValueHeads: 1, headSize: 1, causal: false)
    let memory = try Memory(type)
    // Scores ±1e4 by a key of ±1; the values are 3 and 4.
    let packed = memory.region([1e4, 1, 3, -1e4, -1, 4])
    let (y, statistics) = (memory.zeros(2), memory.zeros(2))
    attention(type, s, packed: packed, y: y, logSumExp: statistics, mask: nil)
    let (outputs, sums) = (memory.values(y, 2), memory.values(statistics, 2))
    #expect(outputs == [3, 4])
    #expect(sums == [1e4, 1e4])
  }
}
