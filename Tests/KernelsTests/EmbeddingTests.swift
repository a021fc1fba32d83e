import Kernels
import Quantities
import Testing

@Suite("Token embeddings")
struct EmbeddingTests {
  private static let vocabulary = 6
  /// One id is repeated, one is never used.
  private static let ids = [0, 5, 2, 2, 3, 0, 2, 1]

  /// One forward and backward call over a part of the table; the gradient starts as the table's part.
  private func run(
    _ part: Range<Int>, columns: Int, _ type: ScalarType, first: Int? = nil
  ) throws -> (y: [Double], dtable: [Double]) {
    let (memory, given) = (try Memory(type), Given(columns: columns))
    let table = Array(given.table[part.lowerBound * columns..<part.upperBound * columns])
    let (ids, y) = (memory.ints(Self.ids), memory.region(Array(repeating: .nan, count: given.dy.count)))
    let (rows, first, dtable) = (Self.ids.count, first ?? part.lowerBound, memory.region(table))
    tokenEmbedding(
      type, table: memory.region(table), ids: ids, y: y, rows: rows, columns: columns, vocabulary: part.count,
      first: first)
    tokenEmbeddingBackward(
      type, dy: memory.region(given.dy), ids: ids, dtable: dtable, rows: rows, columns: columns,
      vocabulary: part.count, first: first)
    return (memory.values(y, given.dy.count), memory.values(dtable, table.count))
  }

  private struct Given {
    var table, dy: [Double]

    init(columns: Int) {
      var noise = Noise(columns)
      table = noise.values(EmbeddingTests.vocabulary * columns)
      dy = noise.values(EmbeddingTests.ids.count * columns)
    }
  }

  @Test("Every row is its token's row; its gradient is added to that row, and to no other", arguments: oddSizes, types)
  func agrees(columns: Int, type: ScalarType) throws {
    let (result, given) = (try run(0..<Self.vocabulary, columns: columns, type), Given(columns: columns))
    let table = given.table.rows(of: columns)
    var gradient = table
    for (row, values) in given.dy.rows(of: columns).enumerated() {
      for (j, value) in values.enumerated() { gradient[Self.ids[row]][j] += value }
    }
    let expected = Self.ids.flatMap { table[$0] }
    let worst = worstError(result.dtable, gradient.flatMap { $0 }, type, floor: 1)
    #expect(result.y == expected)
    #expect(worst <= 4)
    #expect(result.dtable.rows(of: columns)[4] == table[4])
  }

  private static let cuts = [[0, 6], [0, 1, 6], [0, 2, 3, 6]]

  @Test("Parts of the vocabulary sum to the whole, bit for bit", arguments: cuts, types)
  func parts(cuts: [Int], type: ScalarType) throws {
    for columns in oddSizes {
      let whole = try run(0..<Self.vocabulary, columns: columns, type)
      let parts = try zip(cuts, cuts.dropFirst()).map { try run($0..<$1, columns: columns, type) }
      let sum = whole.y.indices.map { i in parts.reduce(0) { $0 + $1.y[i] } }
      let gradient = parts.flatMap(\.dtable)
      #expect(sum == whole.y)
      #expect(gradient == whole.dtable)
    }
  }

  @Test("A part that takes itself for another has other rows")
  func wrongOffset() throws {
    let right = try run(2..<6, columns: 8, .float64)
    let wrong = try run(2..<6, columns: 8, .float64, first: 1)
    #expect(right.y != wrong.y)
    #expect(right.dtable != wrong.dtable)
  }
}
