import Foundation
import Testing
import Training

@Suite struct LearningRateScheduleTests {
  /// One of each shape that fits a warm-up of `warmup` steps.
  static func shapes(after warmup: Int) -> [LearningRateSchedule.Shape] {
    [
      .constant, .linear(end: warmup + 1), .linear(end: warmup + 17), .cosine(end: warmup + 1),
      .cosine(end: warmup + 23), .step(size: 1, gamma: 0.5), .step(size: 7, gamma: 0.1), .step(size: 3, gamma: 1),
      .multiStep(milestones: [warmup + 1, warmup + 2, warmup + 20], gamma: 0.3), .exponential(gamma: 0.9),
      .exponential(gamma: 1), .wsd(decayStart: warmup, end: warmup + 9), .wsd(decayStart: warmup + 8, end: warmup + 9),
    ]
  }

  static let schedules = [0, 1, 2, 10].flatMap { warmup in
    [(1.0, 0.0), (1e-3, 1e-4), (3e-4, 3e-4), (0.1, 0.3e-1)].flatMap { peak, minimum in
      shapes(after: warmup).map {
        LearningRateSchedule(peak: peak, minimum: minimum, warmupSteps: warmup, shape: $0)
      }
    }
  }

  @Test("the rate stays in its band, rises in warm-up and never after", arguments: schedules)
  func laws(_ schedule: LearningRateSchedule) {
    #expect(schedule.breaches(upTo: 60).isEmpty)
  }

  @Test("the laws catch a schedule whose warm-up ends below the peak, one that rises, and one that sinks too low")
  func mutants() {
    let schedule = LearningRateSchedule(peak: 1, minimum: 0.1, warmupSteps: 4, shape: .linear(end: 20))
    let mutants: [(Int) -> Double] = [
      { $0 < 4 ? Double($0) / 5 : schedule.rate(at: $0 + 1) }, { schedule.rate(at: $0) + ($0 == 12 ? 0.2 : 0) },
      { $0 > 20 ? 0.05 : schedule.rate(at: $0) }, { $0 == 4 ? 1.01 : schedule.rate(at: $0) },
    ]
    for (number, mutant) in mutants.enumerated() {
      #expect(!schedule.breaches(upTo: 60, rate: mutant).isEmpty, "mutant \(number)")
    }
  }

  @Test("cosine is nanoGPT's get_lr, step by step")
  func nanoGPT() {
    let schedule = LearningRateSchedule(peak: 1e-3, minimum: 1e-4, warmupSteps: 100, shape: .cosine(end: 2000))
    for step in 0...2100 { #expect(abs(schedule.rate(at: step) - reference(step)) < 1e-18, "step \(step)") }
  }

  /// `get_lr` of nanoGPT's train.py, line by line.
  private func reference(_ it: Int) -> Double {
    if it < 100 { return 1e-3 * Double(it + 1) / Double(100 + 1) }
    if it > 2000 { return 1e-4 }
    let coefficient = 0.5 * (1 + cos(Double.pi * Double(it - 100) / Double(2000 - 100)))
    return 1e-4 + coefficient * (1e-3 - 1e-4)
  }

  @Test(
    "every shape has its value at a step that can be worked out by hand",
    arguments: [
      (LearningRateSchedule.Shape.constant, 50, 1.0), (.linear(end: 20), 15, 0.55), (.linear(end: 20), 20, 0.1),
      (.cosine(end: 20), 15, 0.55), (.step(size: 5, gamma: 0.5), 14, 1), (.step(size: 5, gamma: 0.5), 15, 0.5),
      (.step(size: 5, gamma: 0.5), 20, 0.25), (.multiStep(milestones: [12, 30], gamma: 0.5), 11, 1),
      (.multiStep(milestones: [12, 30], gamma: 0.5), 12, 0.5),
      (.multiStep(milestones: [12, 30], gamma: 0.5), 30, 0.25),
      (.exponential(gamma: 0.5), 12, 0.25), (.exponential(gamma: 0.5), 40, 0.1),
      (.wsd(decayStart: 16, end: 20), 16, 1), (.wsd(decayStart: 16, end: 20), 18, 0.55),
      (.wsd(decayStart: 16, end: 20), 99, 0.1),
    ])
  func values(_ shape: LearningRateSchedule.Shape, step: Int, expected: Double) {
    let schedule = LearningRateSchedule(peak: 1, minimum: 0.1, warmupSteps: 10, shape: shape)
    #expect(abs(schedule.rate(at: step) - expected) < 1e-15)
    #expect(schedule.rate(at: 4) == 5.0 / 11)
  }
}

extension LearningRateSchedule {
  /// Which laws do not hold, and where.
  fileprivate func breaches(upTo last: Int, rate given: ((Int) -> Double)? = nil) -> [String] {
    let rate = given ?? { self.rate(at: $0) }
    var found: [String] = []
    for step in 0...last {
      let (now, next) = (rate(step), rate(step + 1))
      if !(0 <= now && now <= peak) { found.append("step \(step): \(now) is outside 0…\(peak)") }
      if step < warmupSteps {
        if next < now { found.append("step \(step): warm-up falls") }
      } else {
        if now < minimum { found.append("step \(step): \(now) is below \(minimum)") }
        if next > now { found.append("step \(step): rises to \(next)") }
      }
    }
    // Warm-up is a straight line from peak / (warmup + 1) that reaches the peak where it ends.
    if abs(rate(warmupSteps) - peak) > 1e-15 * peak { found.append("warm-up ends at \(rate(warmupSteps))") }
    if warmupSteps > 0, abs(peak - rate(warmupSteps - 1) - peak / Double(warmupSteps + 1)) > 1e-12 * peak {
      found.append("a jump at the end of warm-up")
    }
    return found
  }
}
