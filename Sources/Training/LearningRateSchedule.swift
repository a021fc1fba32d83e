import Foundation

/// The learning rate as a pure function of the step (counted from 0).
///
/// - Warm-up is linear: `peak · (step + 1) / (warmupSteps + 1)` for `step < warmupSteps`, so that the first step already
///   moves and step `warmupSteps` is at the peak. It may start below `minimum`.
/// - After warm-up the rate follows `shape`, never rises, and never falls below `minimum`.
/// - Source: nanoGPT, `train.py`, `get_lr`, for warm-up and cosine.
package struct LearningRateSchedule: Hashable, Sendable, Codable {
  /// How the rate falls after warm-up. An `end` is a step of the run; from it on the rate is `minimum`.
  package enum Shape: Hashable, Sendable, Codable {
    case constant
    case linear(end: Int)
    /// Half a cosine. Loshchilov & Hutter 2016, arXiv:1608.03983, without restarts.
    case cosine(end: Int)
    /// `gamma` once more after every `size` steps since warm-up.
    case step(size: Int, gamma: Double)
    /// `gamma` once more from each of these steps of the run on.
    case multiStep(milestones: [Int], gamma: Double)
    /// `gamma` once more after every step since warm-up.
    case exponential(gamma: Double)
    /// Warm-up, stable, decay: the peak until `decayStart`, then linearly down. Hu et al. 2024, arXiv:2404.06395.
    case wsd(decayStart: Int, end: Int)
  }

  package let peak: Double
  package let minimum: Double
  package let warmupSteps: Int
  package let shape: Shape

  package init(peak: Double, minimum: Double = 0, warmupSteps: Int = 0, shape: Shape = .constant) {
    precondition(peak.isFinite && 0 <= minimum && minimum <= peak, "0 ≤ minimum \(minimum) ≤ peak \(peak)")
    precondition(warmupSteps >= 0, "warm-up of \(warmupSteps) steps")
    precondition(shape.isSound(after: warmupSteps), "\(shape) does not fit a warm-up of \(warmupSteps) steps")
    (self.peak, self.minimum, self.warmupSteps, self.shape) = (peak, minimum, warmupSteps, shape)
  }

  /// The rate of one step; steps count from 0.
  package func rate(at step: Int) -> Double {
    precondition(step >= 0, "step \(step)")
    guard step >= warmupSteps else { return peak * Double(step + 1) / Double(warmupSteps + 1) }
    // Rounding may leave the band by one ulp: the promise is exact.
    return min(peak, max(minimum, shaped(step)))
  }

  private func shaped(_ step: Int) -> Double {
    switch shape {
    case .constant: peak
    case .linear(let end): between(1 - progress(step, from: warmupSteps, to: end))
    case .cosine(let end): between(0.5 * (1 + cos(.pi * progress(step, from: warmupSteps, to: end))))
    case .step(let size, let gamma): peak * pow(gamma, Double((step - warmupSteps) / size))
    case .multiStep(let milestones, let gamma): peak * pow(gamma, Double(milestones.count { $0 <= step }))
    case .exponential(let gamma): peak * pow(gamma, Double(step - warmupSteps))
    case .wsd(let decayStart, let end): between(1 - progress(step, from: decayStart, to: end))
    }
  }

  private func between(_ share: Double) -> Double { minimum + share * (peak - minimum) }

  private func progress(_ step: Int, from start: Int, to end: Int) -> Double {
    min(1, max(0, Double(step - start) / Double(end - start)))
  }
}

extension LearningRateSchedule.Shape {
  /// Whether every phase has room after warm-up and no factor makes the rate rise.
  package func isSound(after warmup: Int) -> Bool {
    switch self {
    case .constant: true
    case .linear(let end), .cosine(let end): end > warmup
    case .step(let size, let gamma): size > 0 && falls(gamma)
    case .multiStep(let milestones, let gamma):
      falls(gamma) && zip([warmup] + milestones, milestones).allSatisfy { $0 < $1 }
    case .exponential(let gamma): falls(gamma)
    case .wsd(let decayStart, let end): warmup <= decayStart && decayStart < end
    }
  }

  private func falls(_ gamma: Double) -> Bool { 0 < gamma && gamma <= 1 }
}
