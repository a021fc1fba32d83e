package import Quantities

/// Failures a second that stop a whole job, as a Poisson process: what is left of a machine's life does not depend on its age.
///
/// - Ignores: infant mortality and wear, failures that take several nodes at once, and silent errors, which stop nothing.
package struct FailureRate: Hashable, Comparable, Sendable {
  package let perSecond: Double

  /// No failures.
  package static let none = FailureRate(unchecked: 0)

  private init(unchecked perSecond: Double) { self.perSecond = perSecond }

  /// The rate of one unit (a GPU, a node) whose mean time between failures is known, in hours.
  ///
  /// - Errors: `EstimateError` for a time that is not above zero.
  package init(meanTimeBetweenFailuresInHours hours: Double) throws(EstimateError) {
    guard hours > 0, hours.isFinite else {
      throw EstimateError(
        key: "mean time between failures", value: "\(hours) h", reason: "is no time between two failures",
        way: "give hours above zero, or no failures at all")
    }
    perSecond = 1 / (hours * 3600)
  }

  /// The rate of one of `units` units that were seen to fail `count` times together.
  ///
  ///     rate = count / (units · time)
  ///
  /// Worked example: 419 interruptions of 16,384 GPUs in 54 days are one in 50,679 hours of a GPU, and one in 3.09 hours of the job
  /// (Llama Team 2024, arXiv:2407.21783, §3.3.4).
  ///
  /// - Errors: `EstimateError` for a count below zero, no units, or no time.
  package init(failures count: Int, ofUnits units: Int, inHours hours: Double) throws(EstimateError) {
    guard count >= 0 else {
      throw EstimateError(
        key: "failures", value: "\(count)", reason: "cannot be fewer than none", way: "count those that stopped the job"
      )
    }
    guard units > 0, hours > 0, hours.isFinite else {
      throw EstimateError(
        key: "observation", value: "\(units) units, \(hours) h", reason: "saw nothing run",
        way: "give the units that ran and the hours they were watched")
    }
    perSecond = Double(count) / (Double(units) * hours * 3600)
  }

  /// Of so many units, any of which stops the job: rates of independent Poisson processes add.
  package static func * (rate: Self, units: Int) -> Self {
    precondition(units >= 0, "\(units) units")
    return FailureRate(unchecked: rate.perSecond * Double(units))
  }

  package static func < (a: Self, b: Self) -> Bool { a.perSecond < b.perSecond }

  /// Hours from one failure to the next; nil where there are none.
  package var meanHours: Double? { perSecond > 0 ? 1 / (perSecond * 3600) : nil }
  /// Failures that are expected within a time.
  package func expected(in time: SimDuration) -> Double { perSecond * time.seconds }
}
