import Kernels
import Quantities
import Testing

@Suite("Matrix products")
struct MatmulTests {
  private static let shapes = [(1, 1, 1), (3, 7, 9), (8, 16, 17), (33, 15, 7), (17, 33, 100)]

  @Test("Every transposition, with and without bias and accumulation, agrees with three plain loops", arguments: types)
  func productsAgree(type: ScalarType) throws {
    for (m, n, k) in Self.shapes {
      for bits in 0..<16 {
        let worst = try error(type, m, n, k, bits & 1 != 0, bits & 2 != 0, bias: bits & 4 != 0, add: bits & 8 != 0)
        #expect(worst <= 4, "\(m)×\(n)×\(k), variant \(bits)")
      }
    }
  }

  /// In epsilons of the k products' summed magnitude.
  private func error(
    _ type: ScalarType, _ m: Int, _ n: Int, _ k: Int, _ transposeA: Bool, _ transposeB: Bool, bias: Bool, add: Bool
  ) throws -> Double {
    var noise = Noise(m * 10_000 + n * 100 + k)
    let memory = try Memory(type)
    let (a, b, row, c) = (noise.values(m * k), noise.values(k * n), noise.values(n), noise.values(m * n))
    let result = memory.region(c)
    matmul(
      type, memory.region(a), memory.region(b), bias: bias ? memory.region(row) : nil, result, m: m, n: n, k: k,
      transposeA: transposeA, transposeB: transposeB, accumulate: add)
    var expected: [Double] = []
    for i in 0..<m {
      for j in 0..<n {
        let start = (add ? c[i * n + j] : 0) + (bias ? row[j] : 0)
        expected.append(
          (0..<k).reduce(start) {
            $0 + a[transposeA ? $1 * m + i : i * k + $1] * b[transposeB ? j * k + $1 : $1 * n + j]
          })
      }
    }
    return worstError(memory.values(result, m * n), expected, type, floor: 2 + Double(k))
  }
}
