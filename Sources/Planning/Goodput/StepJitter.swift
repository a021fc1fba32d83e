import Foundation

/// How much longer a step takes when each of n ranks is late or early by a factor of its own, and all wait for the last.
///
///     factor = e^(σZ − σ²/2), Z normal: of mean 1, with a coefficient of variation c = √(e^(σ²) − 1)
///     E[max] = ∫ e^(σz − σ²/2) · n·φ(z)·Φ(z)ⁿ⁻¹ dz
///     percentile p of the maximum = e^(σz − σ²/2) with Φ(z) = p^(1/n)
///
/// The integral is summed over equal steps of z, which for a smooth function that vanishes at both ends converges faster than any power;
/// the percentile is exact.
///
/// Worked example: c = 5 % on 1,024 ranks: σ = 0.04997, the maximum of 1,024 normals is 3.248 on average, so about
/// e^(0.1624 − 0.0012) = 1.175: every step is 17 % longer.
///
/// - Source: the log-normal is an assumption; the maximum is of order statistics (David & Nagaraja 2003, §2.1).
/// - Ignores: ranks that are always slow (`c` then is of one step, not of all), factors that ranks of a node share, and slack: a late rank
///   of a pipeline's bubble delays nobody.
/// - Validated: against draws, within their standard error.
package struct StepJitter: Hashable, Sendable {
  package let ranks: Int
  /// Deviation of one rank's factor over its mean.
  package let variation: Double
  private let sigma: Double

  /// - Errors: `EstimateError` for no ranks, or a variation that is negative or above 2, where a mean says little.
  package init(ranks: Int, variation: Double) throws(EstimateError) {
    guard ranks > 0 else {
      throw EstimateError(key: "ranks", value: "\(ranks)", reason: "nobody steps", way: "give one rank at least")
    }
    guard variation >= 0, variation <= 2 else {
      throw EstimateError(
        key: "jitter", value: "\(variation)", reason: "is no coefficient of variation between 0 and 2",
        way: "give deviation over mean of one rank's step, such as 0.05")
    }
    (self.ranks, self.variation) = (ranks, variation)
    sigma = log1p(variation * variation).squareRoot()
  }

  /// Of one rank, for a normal draw.
  private func factor(_ z: Double) -> Double { exp(sigma * z - sigma * sigma / 2) }

  /// The slowest rank's factor on average: by so much the step is longer than one rank's own.
  package var expected: Double {
    let (low, high, step) = (-12.0, 14.0, 1.0 / 256)
    return stride(from: low, through: high, by: step).reduce(0) { $0 + factor($1) * density($1) } * step
  }

  /// The slowest rank's factor that a share of all steps stays below.
  package func percentile(_ share: Double) -> Double {
    precondition(share > 0 && share < 1, "percentile \(share)")
    return factor(NormalTail.point(above: -expm1(log(share) / Double(ranks))))
  }

  /// Of the largest of all ranks' normal draws.
  private func density(_ z: Double) -> Double {
    let below = log1p(-NormalTail.share(above: z)) * Double(ranks - 1)
    // A single rank's power is none, and 0 · −∞ is no number.
    return Double(ranks) * NormalTail.density(z) * (ranks == 1 ? 1 : exp(below))
  }

  /// The slowest rank's factor in so many steps, drawn rank by rank: what the closed form is held against.
  package func draws(steps: Int, seed: UInt64) -> [Double] {
    var draws = RandomDraws(seed: seed)
    return (0..<steps).map { _ in (0..<ranks).reduce(0) { worst, _ in max(worst, factor(draws.normal())) } }
  }
}
