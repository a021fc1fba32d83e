import PipelineSchedules
import Testing

@Suite struct FormulaTests {
  /// Even times, and each of the three longest, with binary fractions so that sums are exact.
  private static let times = [
    ScheduleTimes(), ScheduleTimes(backwardInput: 1.5, backwardWeight: 0.5),
    ScheduleTimes(backwardInput: 0.5, backwardWeight: 1.5), ScheduleTimes(forward: 2),
  ]

  @Test(arguments: ScheduleName.allCases)
  func `peaks are the published ones, for every size`(_ name: ScheduleName) {
    for sample in Sample.of(name, ranks: 1...16, microBatches: 1...64) {
      guard let schedule = sample.schedule, let peaks = sample.formula().peakActivations else { continue }
      #expect(schedule.measure().peakActivations == peaks, "\(sample)")
    }
  }

  @Test(arguments: ScheduleName.allCases)
  func `bubbles are the published ones wherever these claim to be exact`(_ name: ScheduleName) {
    var exact = 0
    for sample in Sample.of(name, ranks: 1...16, microBatches: 1...64) {
      let formulas = Self.times.map { ($0, sample.formula($0)) }.filter { $0.1.isExact }
      guard !formulas.isEmpty, let schedule = sample.schedule else { continue }
      for (times, formula) in formulas {
        let bubble = schedule.measure(times).bubble
        #expect(abs(bubble - formula.bubble) < 1e-9, "\(sample) \(times): \(bubble), not \(formula.bubble)")
        exact += 1
      }
    }
    #expect(exact > 250, "of \(name.rawValue), \(exact) cases were exact")
  }

  @Test(arguments: [ScheduleName.interleaved, .interleavedZeroBubble])
  func `groups of another size have their published numbers too`(_ name: ScheduleName) {
    for sample in Sample.of(name, ranks: 1...8, microBatches: 1...32, groupSizes: [3, 5, 8, 9]) {
      guard let schedule = sample.schedule else { continue }
      let (measure, formula) = (schedule.measure(), sample.formula())
      #expect(measure.peakActivations == formula.peakActivations, "\(sample)")
      #expect(!formula.isExact || abs(measure.bubble - formula.bubble) < 1e-9, "\(sample)")
    }
  }

  @Test func `ZB-V of a short step holds no more than it is said to`() {
    for sample in Sample.of(.zeroBubbleV, ranks: 1...16, microBatches: 1...31) {
      let limit = min(2 * sample.ranks, 2 * sample.microBatches)
      let peaks = sample.schedule?.measure().peakActivations ?? []
      #expect(peaks.count == sample.ranks && peaks.allSatisfy { $0 <= limit }, "\(sample)")
    }
  }

  @Test func `where executed, ZB-H1 waits for max(0, I − W), not for I − W`() {
    for times in Self.times {
      for sample in Sample.of(.zeroBubbleH1, ranks: 1...16, microBatches: 1...40)
      where sample.microBatches >= sample.ranks {
        let wait = max(0, times.backwardInput - times.backwardWeight)
        let bubble = sample.schedule!.measure(times).bubble
        #expect(abs(bubble - Double(sample.ranks - 1) * (times.forward + wait)) < 1e-9, "\(sample)")
      }
    }
  }

  @Test func `a formula knows nothing of messages`() {
    let sample = Sample(name: .oneForwardOneBackward, ranks: 4, microBatches: 8, chunks: 1)
    #expect(sample.formula().isExact)
    #expect(!sample.formula(ScheduleTimes(hop: 0.1)).isExact)
  }
}
