import Kernels
import Quantities
import Testing

@Suite("Dropout")
struct DropoutTests {
  private static let (rows, sequence) = (16, 8)

  private func mask(_ memory: Memory, firstRow: Int = 0) -> MaskKey {
    MaskKey(
      memory.ints([7, 0, 3, 2]), site: 2, probability: 0.3, sequence: Self.sequence, firstRow: firstRow)
  }

  @Test("A residual addition adds exactly what dropout leaves", arguments: oddSizes, types)
  func residualAdds(columns: Int, type: ScalarType) throws {
    var noise = Noise(columns)
    let (memory, count) = (try Memory(type), Self.rows * columns)
    let (residual, x) = (noise.values(count), noise.values(count))
    let mask = mask(memory)
    let (plain, masked, dropped) = (memory.zeros(count), memory.zeros(count), memory.zeros(count))
    let (left, right) = (memory.region(residual), memory.region(x))
    residualAdd(type, left, right, plain, rows: Self.rows, columns: columns, mask: nil)
    residualAdd(type, left, right, masked, rows: Self.rows, columns: columns, mask: mask)
    dropout(type, right, dropped, rows: Self.rows, columns: columns, mask: mask)
    let sums = worstError(memory.values(plain, count), zip(residual, x).map { $0 + $1 }, type, floor: 1)
    let expected = zip(residual, memory.values(dropped, count)).map { $0 + $1 }
    let maskedSums = worstError(memory.values(masked, count), expected, type, floor: 1)
    #expect(sums <= 1)
    #expect(maskedSums <= 1)
  }

  @Test("In place or not, the same is dropped", arguments: oddSizes, types)
  func inPlace(columns: Int, type: ScalarType) throws {
    var noise = Noise(columns + 1)
    let (memory, count) = (try Memory(type), Self.rows * columns)
    let (x, apart) = (memory.region(noise.values(count)), memory.zeros(count))
    dropout(type, x, apart, rows: Self.rows, columns: columns, mask: mask(memory))
    dropout(type, x, x, rows: Self.rows, columns: columns, mask: mask(memory))
    let (left, right) = (memory.values(apart, count), memory.values(x, count))
    #expect(left == right)
  }

  @Test("Rows split over ranks add up to the whole, bit for bit", arguments: [1, 5, 11], types)
  func rowParts(rows: Int, type: ScalarType) throws {
    var noise = Noise(rows)
    let (memory, columns) = (try Memory(type), 33)
    let (residual, x) = (noise.values(Self.rows * columns), noise.values(Self.rows * columns))
    let part = { (range: Range<Int>, firstRow: Int) -> [Double] in
      let values = range.lowerBound * columns..<range.upperBound * columns
      let y = memory.zeros(values.count)
      residualAdd(
        type, memory.region(Array(residual[values])), memory.region(Array(x[values])), y, rows: range.count,
        columns: columns, mask: mask(memory, firstRow: firstRow))
      return memory.values(y, values.count)
    }
    let whole = part(0..<Self.rows, 0)
    let pieces = part(0..<rows, 0) + part(rows..<Self.rows, rows)
    let mutant = part(0..<rows, 0) + part(rows..<Self.rows, 0)
    #expect(pieces == whole)
    #expect(mutant != whole)
  }
}
