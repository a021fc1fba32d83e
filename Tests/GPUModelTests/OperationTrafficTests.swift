import GPUModel
import Program
import Quantities
import Testing

/// Bytes counted by hand, of the operations whose traffic is not that of their operands.
struct OperationTrafficTests {
  @Test(arguments: [
    (Operation.add(count: 10, .float32), 80, 40),
    (.addBias(rows: 3, columns: 5, .bfloat16), 2 * (15 + 5), 2 * 15),
    (.matmul(MatmulShape(m: 2, n: 3, k: 5, accumulate: true), .bfloat16, result: .float32), 2 * 25 + 4 * 6, 4 * 6),
    (.columnSum(rows: 3, columns: 5, accumulate: true, .bfloat16, gradient: .float32), 2 * 15 + 4 * 5, 4 * 5),
    (.crossEntropyBackward(rows: 2, vocabulary: 7, first: 0, .bfloat16), 2 * 14 + 4 * (2 + 1 + 2), 2 * 14),
    (.optimizerStep(.adamw(), count: 10, guarded: false, gradient: .bfloat16, .float32), 20 + 120 + 32, 120),
  ])
  func `what is updated in place is read as well`(operation: Operation, read: Int, written: Int) {
    #expect(operation.traffic == Traffic(read: ByteCount(read), written: ByteCount(written)))
  }

  @Test func `a norm's gradients are read where they are added to`() {
    let shape = NormShape(rows: 3, columns: 5, epsilon: 1e-5, bias: true)
    let fresh = Operation.normBackward(shape, accumulate: false, .bfloat16, gradient: .float32).traffic
    let added = Operation.normBackward(shape, accumulate: true, .bfloat16, gradient: .float32).traffic
    #expect(added.read - fresh.read == ByteCount(2 * 5 * 4) && added.written == fresh.written)
  }

  @Test func `of tables and caches only the touched rows count`() {
    let few = EmbeddingShape(rows: 4, columns: 8, vocabulary: 1000)
    let many = EmbeddingShape(rows: 4000, columns: 8, vocabulary: 10)
    #expect(Operation.tokenEmbedding(few, .float32).traffic.read == ByteCount(4 * 8 * 4 + 4 * 4))
    #expect(Operation.tokenEmbedding(many, .float32).traffic.read == ByteCount(10 * 8 * 4 + 4000 * 4))
    #expect(
      Operation.tokenEmbeddingBackward(few, .bfloat16, gradient: .float32).traffic
        == Traffic(read: ByteCount(4 * 8 * (2 + 4) + 4 * 4), written: ByteCount(4 * 8 * 4)))
    let positions = PositionShape(rows: 8, columns: 8, positions: 100, sequence: 4)
    #expect(
      Operation.addPositions(positions, .float32).traffic
        == Traffic(read: ByteCount((64 + 32) * 4), written: ByteCount(64 * 4)))
    #expect(
      Operation.addPositionsBackward(positions, .float32, gradient: .float32).traffic
        == Traffic(read: ByteCount((64 + 32) * 4), written: ByteCount(32 * 4)))
    let cached = CachedAttentionShape(new: 1, past: 6, capacity: 100, heads: 2, keyValueHeads: 1, headSize: 4)
    #expect(
      Operation.cachedAttention(cached, .float32).traffic
        == Traffic(read: ByteCount((16 + 6 * 8) * 4), written: ByteCount((8 + 8) * 4)))
  }

  @Test func `rotation touches queries and keys, not values`() {
    let shape = RotaryShape(
      rows: 3, sequence: 3, heads: 4, keyValueHeads: 2, headSize: 8, frequencies: RotaryFrequencies())
    let bytes = ByteCount(3 * (4 + 2) * 8 * 2)
    #expect(Operation.rotary(shape, inverse: false, .bfloat16).traffic == Traffic(read: bytes, written: bytes))
  }
}
