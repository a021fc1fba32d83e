import Kernels
import Quantities
import Testing

@Suite("Position embeddings")
struct PositionsTests {
  /// Two samples of four tokens; the table has rows that no token uses.
  private static let (rows, sequence, positions) = (8, 4, 6)

  private struct Given {
    var x, table, sums: [Double]

    init(columns: Int) {
      var noise = Noise(columns + 3)
      x = noise.values(PositionsTests.rows * columns)
      table = noise.values(PositionsTests.positions * columns)
      sums = noise.values(PositionsTests.positions * columns)
    }
  }

  private struct Result {
    var y, dx, sums: [Double]
  }

  /// Forward and backward over a range of rows, whose gradient is its input, added onto `sums`.
  private func run(
    _ range: Range<Int>, columns: Int, _ type: ScalarType, dropping: Bool, sums: [Double]? = nil, firstRow: Int? = nil
  ) throws -> Result {
    let (memory, given) = (try Memory(type), Given(columns: columns))
    let x = Array(given.x[range.lowerBound * columns..<range.upperBound * columns])
    let firstRow = firstRow ?? range.lowerBound
    let s = PositionLoop(
      rows: range.count, columns: columns, positions: Self.positions, sequence: Self.sequence, firstRow: firstRow)
    let mask = MaskKey(
      memory.ints([7, 0, 3, 2]), site: 0, probability: 0.4, sequence: Self.sequence, firstRow: firstRow)
    let (y, dx, dtable) = (memory.region(x), memory.region(x), memory.region(sums ?? given.sums))
    addPositions(type, s, table: memory.region(given.table), x: y, mask: dropping ? mask : nil)
    addPositionsBackward(type, s, dx: dx, dtable: dtable, mask: dropping ? mask : nil)
    return Result(
      y: memory.values(y, x.count), dx: memory.values(dx, x.count), sums: memory.values(dtable, given.sums.count))
  }

  /// What remains of ones: 0 or 1/(1 − p).
  private func factors(columns: Int, _ type: ScalarType) throws -> [Double] {
    let (memory, count) = (try Memory(type), Self.rows * columns)
    let ones = memory.region(Array(repeating: 1, count: count))
    let mask = MaskKey(memory.ints([7, 0, 3, 2]), site: 0, probability: 0.4, sequence: Self.sequence)
    dropout(type, ones, ones, rows: Self.rows, columns: columns, mask: mask)
    return memory.values(ones, count)
  }

  @Test("Values and gradients agree with the definition", arguments: oddSizes, types)
  func agrees(columns: Int, type: ScalarType) throws {
    let given = Given(columns: columns)
    let table = given.table.rows(of: columns)
    for dropping in [false, true] {
      let result = try run(0..<Self.rows, columns: columns, type, dropping: dropping)
      let factor = dropping ? try factors(columns: columns, type) : Array(repeating: 1, count: given.x.count)
      let y = given.x.indices.map { factor[$0] * (given.x[$0] + table[$0 / columns % Self.sequence][$0 % columns]) }
      let dx = zip(given.x, factor).map { $0 * $1 }
      var sums = given.sums
      for (i, value) in dx.enumerated() { sums[i / columns % Self.sequence * columns + i % columns] += value }
      let forward = worstError(result.y, y, type, floor: 1)
      let backward = worstError(result.dx + result.sums, dx + sums, type, floor: 1)
      #expect(forward <= 2, "dropping: \(dropping)")
      #expect(backward <= 4, "dropping: \(dropping)")
    }
  }

  @Test("Rows split over ranks give the whole, bit for bit", arguments: [1, 3, 4, 5], [false, true])
  func rowParts(cut: Int, dropping: Bool) throws {
    for (columns, type) in [(33, ScalarType.float32), (16, .float64)] {
      let whole = try run(0..<Self.rows, columns: columns, type, dropping: dropping)
      let lower = try run(0..<cut, columns: columns, type, dropping: dropping)
      let upper = try run(cut..<Self.rows, columns: columns, type, dropping: dropping, sums: lower.sums)
      #expect(lower.y + upper.y == whole.y)
      #expect(lower.dx + upper.dx == whole.dx)
      #expect(upper.sums == whole.sums)
      let wrong = try run(cut..<Self.rows, columns: columns, type, dropping: dropping, firstRow: cut + 1)
      #expect(lower.y + wrong.y != whole.y)
    }
  }

  @Test("A sequence longer than the table ends the process")
  func tooLong() async {
    await #expect(processExitsWith: .failure) {
      _ = PositionLoop(rows: 4, columns: 1, positions: 3, sequence: 4, firstRow: 0)
    }
  }
}
