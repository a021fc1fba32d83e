import Foundation
package import Quantities

/// How long to compute before the next checkpoint, in useful seconds, so that the most time is useful. What a restart takes does not
/// matter: it is paid for every failure, however often checkpoints are written.
///
///     Young    τ = √(2δM)
///     Daly     τ = √(2δM)·(1 + ⅓·√(δ/2M) + ⅑·δ/2M) − δ   for δ < 2M, else M
///     exact    1 − τ/M = e^(−(τ + δ)/M), that is τ = M·(1 + W₀(−e^(−1 − δ/M)))
///
/// M mean seconds between failures, δ seconds of one write. The exact one is where the derivative of `Goodput.useful` is zero.
///
/// Worked example: M = 24 h, δ = 5 min: Young 120.0 min, Daly 116.7 min, exact 116.7 min; Daly's figure 3 says 117 min.
///
/// - Source: Young 1974, doi:10.1145/361147.361115; Daly 2006, doi:10.1016/j.future.2004.11.016, eq. 37.
package struct CheckpointInterval: Hashable, Sendable {
  /// Seconds of one write, and mean seconds between failures.
  private let write, between: Double

  /// - Returns: nil where nothing fails: then the best interval has no end.
  package init?(write: SimDuration, failures: FailureRate) {
    guard failures.perSecond > 0 else { return nil }
    (self.write, between) = (write.seconds, 1 / failures.perSecond)
  }

  /// Useful seconds, to first order.
  package var young: Double { (2 * write * between).squareRoot() }

  /// Useful seconds, to third order.
  package var daly: Double {
    let ratio = write / (2 * between)
    guard ratio < 1 else { return between }
    return young * (1 + ratio.squareRoot() / 3 + ratio / 9) - write
  }

  /// Useful seconds, exactly.
  package var exact: Double {
    let ratio = write / between
    // Falls from above zero at 0 to below zero at 1, so halving finds its only root.
    let slope = { (u: Double) in -u - expm1(-u - ratio) }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if slope(middle) > 0 { low = middle } else { high = middle }
    }
    return between * (low + high) / 2
  }
}

extension CheckpointedRun {
  /// The same run with the interval, in whole steps, that leaves the most useful time; as it is where nothing fails.
  package var atBestInterval: CheckpointedRun {
    guard let best = CheckpointInterval(write: write, failures: failures) else { return self }
    let steps = max(1, best.exact / step.seconds)
    // A step more or less is what rounding can be wrong by: the share has one maximum.
    let candidates = [steps.rounded(.down), steps.rounded(.up)].compactMap { try? every(steps: Int(min($0, 1e15))) }
    return candidates.max { Goodput($0).useful < Goodput($1).useful } ?? self
  }
}
