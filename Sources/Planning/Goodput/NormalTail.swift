import Foundation

/// The upper tail of the normal distribution of mean 0 and deviation 1, exact far out, where what is below is all but one.
enum NormalTail {
  /// The share above `z`.
  static func share(above z: Double) -> Double { erfc(z / 2.squareRoot()) / 2 }

  static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

  /// The `z` that a share, between 0 and 1, lies above.
  static func point(above share: Double) -> Double {
    var (low, high) = (-40.0, 40.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if self.share(above: middle) > share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
