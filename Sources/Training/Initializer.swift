import Foundation
package import Model

/// First values of parameters: normal numbers from a counter, keyed by seed and logical name, so that no layout changes them.
package struct Initializer: Sendable {
  private let seed: UInt64

  package init(seed: UInt64) { self.seed = seed }

  /// Values `range` of the parameter, in row-major order of its logical shape.
  package func values(_ parameter: ParameterSpec, _ range: Range<Int>) -> [Double] {
    switch parameter.initialization {
    case .constant(let value): return Array(repeating: value, count: range.count)
    case .normal(let deviation):
      let key = key(parameter.name)
      return range.map { normal(key, $0) * deviation }
    }
  }

  private func key(_ name: String) -> UInt64 {
    name.utf8.reduce(scramble(seed)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  /// Box and Muller's transform of two uniform numbers; even and odd indices share them.
  private func normal(_ key: UInt64, _ index: Int) -> Double {
    let bits = scramble(key ^ scramble(UInt64(index / 2)))
    let radius = (-2 * log((Double(bits >> 32) + 0.5) * 0x1p-32)).squareRoot()
    let angle = 2 * Double.pi * Double(bits & 0xffff_ffff) * 0x1p-32
    return radius * (index % 2 == 0 ? cos(angle) : sin(angle))
  }
}

/// splitmix64's step and finaliser.
func scramble(_ value: UInt64) -> UInt64 {
  var z = value &+ 0x9e37_79b9_7f4a_7c15
  z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
  z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
  return z ^ (z >> 31)
}
