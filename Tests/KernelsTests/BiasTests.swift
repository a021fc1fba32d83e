import Kernels
import Quantities
import Testing

@Suite("Biases")
struct BiasTests {
  @Test("A bias is added to every row and nowhere beyond", arguments: oddSizes, types)
  func addsBias(columns: Int, type: ScalarType) throws {
    let (memory, rows) = (try Memory(type), 5)
    var noise = Noise(columns)
    let (x, bias) = (noise.values(rows * columns), noise.values(columns))
    let y = memory.region(x + [7])
    addBias(type, memory.region(bias), to: y, rows: rows, columns: columns)
    let expected = x.indices.map { x[$0] + bias[$0 % columns] } + [7]
    let worst = worstError(memory.values(y, expected.count), expected, type, floor: 1)
    #expect(worst <= 1)
  }

  @Test("Column sums agree within 4 epsilons of the summed magnitudes", arguments: oddSizes, types)
  func columnSums(rows: Int, type: ScalarType) throws {
    let memory = try Memory(type)
    for columns in [1, 7, 33] {
      var noise = Noise(rows * 100 + columns)
      let x = noise.values(rows * columns)
      let matrix = x.rows(of: columns)
      for start in [nil, 2.0] {
        let y = memory.region(Array(repeating: start ?? 77, count: columns))
        columnSum(type, memory.region(x), y, rows: rows, columns: columns, accumulate: start != nil)
        let expected = (0..<columns).map { j in matrix.reduce(start ?? 0) { $0 + $1[j] } }
        let worst = worstError(memory.values(y, columns), expected, type, floor: 2 + Double(rows))
        #expect(worst <= 4, "\(columns) columns, onto \(String(describing: start))")
      }
    }
  }
}
