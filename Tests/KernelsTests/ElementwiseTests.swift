import Kernels
import Quantities
import Testing

@Suite("Elementwise loops and sums")
struct ElementwiseTests {
  @Test("Addition and copies are exact", arguments: oddSizes, types)
  func exactOperations(count: Int, type: ScalarType) throws {
    var noise = Noise(count)
    let memory = try Memory(type)
    // Whole numbers: their sums have no rounding.
    let (x, y) = (
      noise.values(count, within: 1000).map { $0.rounded() }, noise.values(count, within: 9).map { $0.rounded() }
    )
    let target = memory.region(y)
    add(type, memory.region(x), to: target, count: count)
    let sums = memory.values(target, count)
    copy(from: memory.region(x), to: target, byteCount: count * type.size)
    let copies = memory.values(target, count)
    #expect(sums == zip(x, y).map { $0 + $1 })
    #expect(copies == x)
  }

  @Test("A fill stops at its end", arguments: oddSizes, types)
  func fills(count: Int, type: ScalarType) throws {
    let memory = try Memory(type)
    let target = memory.zeros(count + 1)
    fill(type, target, count: count, value: 1.5)
    let values = memory.values(target, count + 1)
    #expect(values == Array(repeating: 1.5, count: count) + [0])
  }

  @Test("Squared norms and sums of fp32 values are taken in fp64", arguments: oddSizes + [1000], types)
  func norms(count: Int, type: ScalarType) throws {
    var noise = Noise(count)
    let memory = try Memory(type)
    let x = noise.values(count, within: 1e4)
    let region = memory.region(x)
    let squares = squaredNorm(type, region, count: count)
    let total = sum(type, region, count: count)
    let (expected, plain) = (x.reduce(0) { $0 + $1 * $1 }, x.reduce(0, +))
    #expect(abs(squares - expected) <= 1e-14 * expected)
    #expect(abs(total - plain) <= 1e-14 * magnitude(x))
  }
}
