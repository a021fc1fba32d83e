package import Quantities
package import Training

/// Steps whose times are reported together: one step's time on a shared machine says little.
package struct StepWindow: Hashable, Sendable {
  package private(set) var steps = 0
  package private(set) var tokens = 0
  package private(set) var seconds = 0.0
  private var flops = 0.0
  private var usedSeconds = 0.0

  package init() {}

  package mutating func add(_ report: StepReport) {
    steps += 1
    tokens += report.tokens
    seconds += report.seconds
    flops += report.rate.flopsPerSecond * report.seconds
    usedSeconds += report.utilization * report.seconds
  }

  package var secondsPerStep: Double { seconds / Double(steps) }
  /// All work over all seconds: the mean of the steps' rates, weighted by their seconds.
  package var rate: ComputeRate { ComputeRate(flops / seconds) }
  /// The steps' utilizations, weighted likewise.
  package var utilization: Double { usedSeconds / seconds }
}
