import Corpus
import Foundation

/// Draws that follow from a seed and their number alone, so that a simulation repeats itself.
struct RandomDraws {
  private let key: UInt64
  private var count: UInt64 = 0

  init(seed: UInt64) { key = splitMix64(seed) }

  /// Above 0, and at most 1.
  mutating func uniform() -> Double {
    defer { count += 1 }
    return (Double(splitMix64(key ^ splitMix64(count)) >> 11) + 1) * 0x1p-53
  }

  mutating func exponential(mean: Double) -> Double { -mean * log(uniform()) }

  /// Of mean 0 and deviation 1. Box & Muller 1958, doi:10.1214/aoms/1177706645.
  mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }
}
