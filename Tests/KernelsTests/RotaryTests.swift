import Foundation
import Kernels
import Quantities
import Testing

@Suite("Rotary positions")
struct RotaryTests {
  private static func radians(_ size: Int) -> [Double] {
    (0..<size / 2).map { pow(10_000, -2 * Double($0) / Double(size)) }
  }

  private static func loop(
    _ size: Int, rows: Int = 7, sequence: Int = 7, past: Int = 0, shared: Int = 1
  ) -> RotaryLoop {
    RotaryLoop(rows: rows, sequence: sequence, heads: 2, keyValueHeads: shared, headSize: size, past: past)
  }

  private static func columns(_ s: RotaryLoop) -> Int { (s.heads + 2 * s.keyValueHeads) * s.headSize }

  private func turned(
    _ values: [Double], _ s: RotaryLoop, _ type: ScalarType, inverse: Bool = false
  ) throws -> [Double] {
    let memory = try Memory(type)
    let packed = memory.region(values)
    rotary(type, s, packed: packed, radians: Self.radians(s.headSize), inverse: inverse)
    return memory.values(packed, values.count)
  }

  private func noise(_ s: RotaryLoop) -> [Double] {
    var noise = Noise(s.headSize + s.past)
    return noise.values(s.rows * Self.columns(s), within: 2)
  }

  /// x·cos + rotate_half(x)·sin, as Hugging Face writes it.
  private func reference(_ values: [Double], _ s: RotaryLoop) -> [Double] {
    let (size, radians) = (s.headSize, Self.radians(s.headSize))
    return values.rows(of: Self.columns(s)).enumerated().flatMap { row, line in
      let angles = (radians + radians).map { $0 * Double(s.past + row % s.sequence) }
      return line.rows(of: size).enumerated().flatMap { head, x in
        guard head < s.heads + s.keyValueHeads else { return x }
        let half = x[(size / 2)...].map { -$0 } + x[..<(size / 2)]
        return (0..<size).map { x[$0] * cos(angles[$0]) + half[$0] * sin(angles[$0]) }
      }
    }
  }

  private static let sizes = [2, 4, 6, 10, 14, 16, 18, 34, 64, 66]

  @Test("Queries and keys turn as the reference does, values stay", arguments: sizes, types)
  func agrees(size: Int, type: ScalarType) throws {
    for s in [
      Self.loop(size), Self.loop(size, rows: 14), Self.loop(size, past: 13), Self.loop(size, rows: 1, past: 100_001),
      Self.loop(size, rows: 40, sequence: 20, past: 5, shared: 2),
    ] {
      let values = noise(s)
      // The angle itself is good to an epsilon of fp64 times the position.
      let slack = type == .float64 ? 8 + Double(s.past) : 8
      let worst = worstError(try turned(values, s, type), reference(values, s), type, floor: 2)
      #expect(worst <= slack, "\(s)")
    }
  }

  @Test("The inverse turns back; norms stay; values are untouched", arguments: sizes, types)
  func inverse(size: Int, type: ScalarType) throws {
    let s = Self.loop(size, rows: 14, past: 3)
    let (values, columns) = (noise(s), Self.columns(s))
    let there = try turned(values, s, type)
    let back = try turned(there, s, type, inverse: true)
    let again = try turned(there, s, type)
    let norms = [values, there].map { $0.rows(of: size).map { $0.reduce(0) { $0 + $1 * $1 } } }
    let (error, drift) = (
      worstError(back, values, type, floor: 2), worstError(norms[1], norms[0], type, floor: Double(size))
    )
    let kept = zip(values.rows(of: columns), there.rows(of: columns)).allSatisfy {
      $0.suffix(size) == $1.suffix(size)
    }
    #expect(error <= 8)
    #expect(drift <= 8)
    #expect(kept)
    #expect(again != values)
  }

  @Test("The inverse is the gradient: it is the transpose of the rotation")
  func transpose() throws {
    let s = Self.loop(10, rows: 9, past: 2)
    var noise = Noise(1)
    let (x, dy) = (self.noise(s), noise.values(9 * Self.columns(s)))
    let (forward, backward) = (try turned(x, s, .float64), try turned(dy, s, .float64, inverse: true))
    let left = zip(forward, dy).reduce(0) { $0 + $1.0 * $1.1 }
    let right = zip(x, backward).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(abs(left - right) <= 1e-12)
  }

  @Test("A token turns alike, whether its past is in the same call or not", arguments: [1, 15, 16, 17, 30], types)
  func past(cut: Int, type: ScalarType) throws {
    let whole = Self.loop(10, rows: 33, sequence: 33)
    let (values, columns) = (noise(whole), Self.columns(whole))
    let expected = try turned(values, whole, type)
    let late = Array(values[(cut * columns)...])
    let part = try turned(late, Self.loop(10, rows: 33 - cut, sequence: 33 - cut, past: cut), type)
    let wrong = try turned(late, Self.loop(10, rows: 33 - cut, sequence: 33 - cut, past: cut - 1), type)
    #expect(part == Array(expected[(cut * columns)...]))
    #expect(wrong != part)
  }

  @Test("Scores depend on the distance of two tokens alone")
  func relative() throws {
    let values = noise(Self.loop(16))
    let scores = try [0, 1, 50].map { past -> Double in
      let s = Self.loop(16, past: past)
      let rows = try turned(values, s, .float64).rows(of: Self.columns(s))
      return zip(rows[5][..<16], rows[2][32..<48]).reduce(0) { $0 + $1.0 * $1.1 }
    }
    #expect(abs(scores[0] - scores[1]) <= 1e-12)
    #expect(abs(scores[0] - scores[2]) <= 1e-12)
  }

  @Test("An odd head size ends the process")
  func oddSize() async {
    await #expect(processExitsWith: .failure) {
      let memory = try Memory(.float32)
      rotary(
        .float32, RotaryLoop(rows: 1, sequence: 1, heads: 1, keyValueHeads: 1, headSize: 3, past: 0),
        packed: memory.zeros(9), radians: [1], inverse: false)
    }
  }
}
