import Foundation
import Kernels
import Quantities

/// Regions for one test, as long as it lasts; values go in and come out as doubles, whatever the type.
final class Memory {
  let type: ScalarType
  private let arena: Arena

  init(_ type: ScalarType) throws {
    self.type = type
    arena = try Arena(capacity: 1 << 30)
    setMatmulThreads(1)
  }

  func region(_ values: [Double]) -> Region {
    let region = zeros(values.count)
    for (index, value) in values.enumerated() { setValue(value, of: region, at: index, double: type == .float64) }
    return region
  }

  func zeros(_ count: Int) -> Region {
    let region = arena.allocate(max(count, 1) * type.size)
    fill(type, region, count: count, value: 0)
    return region
  }

  func ints(_ values: [Int]) -> Region {
    let region = arena.allocate(max(values.count, 1) * 4)
    setBytes(values.map { Int32($0) }.withUnsafeBytes { Data($0) }, of: region)
    return region
  }

  func values(_ region: Region, _ count: Int) -> [Double] {
    (0..<count).map { value(of: region, at: $0, double: type == .float64) }
  }
}

/// Numbers that look random, are the same in every run, and are exact in fp32, so that both types start from equal inputs.
struct Noise {
  private var state: UInt64

  init(_ seed: Int) { state = UInt64(seed) &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }

  mutating func values(_ count: Int, within bound: Double = 1) -> [Double] {
    (0..<count).map { _ in Double(Float((Double(next() >> 40) / 8_388_608 - 1) * bound)) }
  }

  mutating func index(below bound: Int) -> Int { Int(next() >> 33) % bound }
}
