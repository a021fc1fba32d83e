import Foundation
import Quantities

/// Where the time of a run goes, as shares of one, in closed form for exponential failures.
///
///     x = λ·(τ + δ);  g = x / (eˣ − 1);  u = e^(−λR)
///     useful = g·u·τ/(τ + δ);  writing = g·u·δ/(τ + δ);  lost = (1 − g)·u;  restarting = 1 − u
///
/// τ useful seconds and δ of writing between two checkpoints, R of restarting, λ failures a second. From one checkpoint to the next the
/// wall clock goes e^(λR)·(e^(λ(τ + δ)) − 1)/λ seconds on average; failures strike writing and restarting too.
///
/// Worked example: τ = 3,600 s, δ = 60 s, R = 600 s, one failure in 3.09 h (λ = 8.98e-5/s): x = 0.329, g = 0.844, u = 0.948; useful
/// 78.7 %, writing 1.3 %, lost 14.7 %, restarting 5.3 %.
///
/// - Source: Daly 2006, "A higher order estimate of the optimum checkpoint interval for restart dumps", Future Generation Computer
///   Systems 22, doi:10.1016/j.future.2004.11.016, eq. 13 for the wall clock; the shares follow from it.
/// - Ignores: what `FailureRate` and `CheckpointedRun` ignore.
/// - Validated: against `FailureSimulation`, within its standard error.
package struct Goodput: Hashable, Sendable {
  /// Steps that stay, and the writes after them.
  package let useful, writing: Double
  /// Work and writes that a failure throws away, and the way back.
  package let lost, restarting: Double
  /// Average wall-clock seconds from one checkpoint to the next.
  package let segmentSeconds: Double
  /// Average failures from one checkpoint to the next.
  package let failuresPerSegment: Double

  package init(_ run: CheckpointedRun) {
    let rate = run.failures.perSecond
    let x = rate * run.segment
    let kept = x > 0 ? x / expm1(x) : 1
    let working = exp(-rate * run.restart.seconds)
    useful = kept * working * run.useful / run.segment
    writing = kept * working * run.write.seconds / run.segment
    lost = (1 - kept) * working
    restarting = -expm1(-rate * run.restart.seconds)
    segmentSeconds = run.useful / useful
    failuresPerSegment = rate * segmentSeconds
  }

  /// Seconds of work and writes that one failure throws away on average; nil without failures.
  package var lostSecondsPerFailure: Double? {
    failuresPerSegment > 0 ? lost * segmentSeconds / failuresPerSegment : nil
  }
}
