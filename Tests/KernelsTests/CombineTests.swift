import Foundation
import Kernels
import Quantities
import Testing

@Suite("What collectives make of two ranks' values")
struct CombineTests {
  private func region<T>(_ values: [T], _ arena: Arena) -> Region {
    let bytes = values.withUnsafeBytes { Data($0) }
    let region = arena.allocate(max(bytes.count, 1))
    setBytes(bytes, of: region)
    return region
  }

  private func combined<T>(_ combination: Combination, _ type: ScalarType, _ x: [T], _ y: [T]) throws -> [T] {
    let arena = try Arena(capacity: 1 << 24)
    let target = region(y, arena)
    combine(combination, type, region(x, arena), into: target, count: x.count)
    return bytes(of: target, count: x.count * type.size).withUnsafeBytes { Array($0.bindMemory(to: T.self)) }
  }

  /// Every 16-bit pattern, beside one of another order.
  private let patterns = (0...UInt16.max).map { $0 }
  private let others = (0...UInt16.max).map { $0 &* 40503 &+ 12345 }

  private func single(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

  @Test("bf16 sums are the nearest value to the sum in fp32, even where it lies between two")
  func brainFloats() throws {
    let sums = try combined(.sum, .bfloat16, patterns, others)
    var wrong: [Int] = []
    for (index, bits) in sums.enumerated() {
      let exact = single(patterns[index]) + single(others[index])
      let value = single(bits)
      if exact.isNaN || exact.isInfinite {
        if exact.isNaN != value.isNaN || (exact.isInfinite && value != exact) { wrong.append(index) }
        continue
      }
      // The two neighbours by truncation, and the nearer one of them.
      let low = UInt16(exact.bitPattern >> 16)
      let rest = exact.bitPattern & 0xffff
      let up = rest > 0x8000 || (rest == 0x8000 && low & 1 == 1)
      if bits != (up ? low + 1 : low) { wrong.append(index) }
    }
    #expect(wrong.isEmpty, "patterns \(wrong.prefix(5))")
  }

  @Test("fp16 sums are the language's own, rounded once from fp32")
  func halves() throws {
    let (x, y) = (patterns.map { Float16(bitPattern: $0) }, others.map { Float16(bitPattern: $0) })
    let sums = try combined(.sum, .float16, x, y)
    let wrong = sums.indices.filter { index in
      let expected = Float16(Float(y[index]) + Float(x[index]))
      return expected.isNaN ? !sums[index].isNaN : sums[index].bitPattern != expected.bitPattern
    }
    #expect(wrong.isEmpty, "patterns \(wrong.prefix(5))")
  }

  @Test("A sum of whole numbers is exact in fp32 and fp64", arguments: [1, 7, 8, 9, 33])
  func wide(count: Int) throws {
    let x = (0..<count).map { Double($0 * 3 - 7) }
    let y = (0..<count).map { Double(100 - $0) }
    let doubles = try combined(.sum, .float64, x, y)
    let singles = try combined(.sum, .float32, x.map { Float($0) }, y.map { Float($0) })
    let expected = zip(x, y).map { $0 + $1 }
    #expect(doubles == expected)
    #expect(singles == expected.map { Float($0) })
  }

  @Test("Maxima are the larger values, and what is no number wins on either side")
  func maxima() throws {
    let (x, y): ([Float], [Float]) = ([1, -3, .nan, 2, -.infinity], [0, -2, 5, .nan, -9])
    let singles = try combined(.maximum, .float32, x, y)
    let doubles = try combined(.maximum, .float64, x.map { Double($0) }, y.map { Double($0) })
    let halves = try combined(.maximum, .float16, x.map { Float16($0) }, y.map { Float16($0) })
    let stored = try combined(
      .maximum, .bfloat16, x.map { UInt16($0.bitPattern >> 16) }, y.map { UInt16($0.bitPattern >> 16) })
    for result in [singles, doubles.map { Float($0) }, halves.map { Float($0) }, stored.map(single)] {
      #expect(result[0] == 1 && result[1] == -2 && result[4] == -9)
      #expect(result[2].isNaN && result[3].isNaN)
    }
  }
}
