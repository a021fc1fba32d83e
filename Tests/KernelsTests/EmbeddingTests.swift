import Kernels
import Quantities
import Testing

@Suite("Embeddings")
struct EmbeddingTests {
  private static let vocabulary = 6
  /// Two samples of four tokens; one id is repeated and one never used.
  private static let ids = [0, 5, 2, 2, 3, 0, 2, 1]
  private static let sequence = 4

  private struct Case {
    var tokens, positions, dy: [Double]

    init(columns: Int) {
      var noise = Noise(columns)
      tokens = noise.values(EmbeddingTests.vocabulary * columns)
      positions = noise.values(EmbeddingTests.sequence * columns)
      dy = noise.values(EmbeddingTests.ids.count * columns)
    }
  }

  @Test("Every row is its token's row plus its position's", arguments: oddSizes, types)
  func forwardAgrees(columns: Int, type: ScalarType) throws {
    let (given, memory) = (Case(columns: columns), try Memory(type))
    let y = memory.zeros(given.dy.count)
    embedding(
      type, tokens: memory.region(given.tokens), positions: memory.region(given.positions), ids: memory.ints(Self.ids),
      y: y, rows: Self.ids.count, columns: columns, vocabulary: Self.vocabulary, sequence: Self.sequence, mask: nil)
    let (tokens, positions) = (given.tokens.rows(of: columns), given.positions.rows(of: columns))
    let expected = Self.ids.enumerated().flatMap { row, id in
      zip(tokens[id], positions[row % Self.sequence]).map { $0 + $1 }
    }
    let worst = worstError(memory.values(y, expected.count), expected, type, floor: 1)
    #expect(worst <= 1)
  }

  @Test("Gradients are added to both tables, to used rows alone", arguments: oddSizes, types)
  func backwardAgrees(columns: Int, type: ScalarType) throws {
    let (given, memory) = (Case(columns: columns), try Memory(type))
    let (dtokens, dpositions) = (memory.region(given.tokens), memory.region(given.positions))
    embeddingBackward(
      type, dy: memory.region(given.dy), ids: memory.ints(Self.ids), dtokens: dtokens, dpositions: dpositions,
      rows: Self.ids.count, columns: columns, vocabulary: Self.vocabulary, sequence: Self.sequence, mask: nil)
    var (tokens, positions) = (given.tokens.rows(of: columns), given.positions.rows(of: columns))
    for (row, values) in given.dy.rows(of: columns).enumerated() {
      for (j, value) in values.enumerated() {
        tokens[Self.ids[row]][j] += value
        positions[row % Self.sequence][j] += value
      }
    }
    let actual = memory.values(dtokens, given.tokens.count) + memory.values(dpositions, given.positions.count)
    let worst = worstError(actual, (tokens + positions).flatMap { $0 }, type, floor: 1)
    #expect(worst <= 4)
  }

  @Test("With dropout, forward and backward drop the same values", arguments: types)
  func dropsAlike(type: ScalarType) throws {
    let (columns, memory) = (33, try Memory(type))
    let count = Self.ids.count * columns
    let mask = MaskKey(memory.ints([7, 0, 3, 2]), site: 0, probability: 0.4, sequence: Self.sequence)
    let ones = memory.region(Array(repeating: 1, count: Self.vocabulary * columns))
    let (y, dtokens, dpositions) = (memory.zeros(count), memory.zeros(count), memory.zeros(count))
    embedding(
      type, tokens: ones, positions: memory.zeros(count), ids: memory.ints(Self.ids), y: y, rows: Self.ids.count,
      columns: columns, vocabulary: Self.vocabulary, sequence: Self.sequence, mask: mask)
    embeddingBackward(
      type, dy: memory.region(Array(repeating: 1, count: count)), ids: memory.ints(Array(0..<8)), dtokens: dtokens,
      dpositions: dpositions, rows: Self.ids.count, columns: columns, vocabulary: 8, sequence: Self.sequence, mask: mask
    )
    let (kept, returned) = (memory.values(y, count), memory.values(dtokens, count))
    #expect(kept == returned)
    #expect(Set(kept).count == 2)
  }

  @Test("A token outside the vocabulary ends the process")
  func foreignToken() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      embedding(
        .float32, tokens: memory.zeros(6), positions: memory.zeros(6), ids: memory.ints([-1]), y: memory.zeros(2),
        rows: 1, columns: 2, vocabulary: 3, sequence: 1, mask: nil)
    }
  }
}
