import Foundation

/// Cosines and sines of positions `first ..< first + count`, [count, pairs] each, computed in fp64.
///
/// Every sixteenth position's angle is evaluated, the others are turned from there, so that a value depends on its position
/// alone, is good to a few units in the last place of fp64 however far the position, and costs four products.
struct RotaryTable<T: KernelScalar> {
  let radians: [Double]
  let cosines, sines: UnsafeMutablePointer<T>

  static var stride: Int { 16 }

  /// - Parameter sign: −1 turns back.
  func fill(first: Int, count: Int, sign: T) {
    let steps = (0..<Self.stride).map { turns(Double($0)) }
    var anchor = (at: -1, turns: steps[0])
    for index in 0..<count {
      let position = first + index
      let start = position / Self.stride
      if anchor.at != start { anchor = (start, turns(Double(start * Self.stride))) }
      write(anchor.turns, steps[position % Self.stride], to: index * radians.count, sign)
    }
  }

  private func turns(_ position: Double) -> [SIMD2<Double>] {
    radians.map { SIMD2(cos(position * $0), sin(position * $0)) }
  }

  private func write(_ a: [SIMD2<Double>], _ b: [SIMD2<Double>], to offset: Int, _ sign: T) {
    let (cosines, sines) = (cosines + offset, sines + offset)
    for pair in a.indices {
      cosines[pair] = T(a[pair].x * b[pair].x - a[pair].y * b[pair].y)
      sines[pair] = sign * T(a[pair].y * b[pair].x + a[pair].x * b[pair].y)
    }
  }
}
