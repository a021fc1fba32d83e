package import Cluster
package import Program

/// Turns a trace into kernels with times: what one GPU would launch for the operations of a rank's step.
///
/// Operations of the host's own stream (offloaded optimizer state) are no kernels; transfers and messages have no time here.
package struct TracePricing: Sendable {
  package let lowering: Lowering
  package let model: KernelModel
  package let power: PowerState
  package let issue: HostIssue
  /// Fused attention takes so many times as long as the usual library's.
  package let attentionFactor: Double

  /// - Parameters:
  ///   - power: training goes on for longer than a board stays cool.
  ///   - issue: how fast the host is.
  ///   - library: as `KernelModel`'s.
  /// - Errors: `CalibrationError` for constants that are missing.
  package init(
    _ gpu: GPU, _ lowering: Lowering, _ calibration: Calibration, power: PowerState = .sustained,
    issue: HostIssue = HostIssue(), library: String? = nil, attentionFactor: Double = 1
  ) throws(CalibrationError) {
    (self.lowering, self.power, self.issue, self.attentionFactor) = (lowering, power, issue, attentionFactor)
    model = try KernelModel(gpu, calibration, library: library)
  }

  /// The kernels of all streams but the host's, in issue order.
  ///
  /// - Errors: `GPUError` for a precision that the GPU does not have.
  package func kernels(of trace: Trace) throws(GPUError) -> [PricedKernel] {
    var known: [LoweredKernel: Price] = [:]
    var result: [PricedKernel] = []
    for run in trace.runs where run.stream != .host {
      for lowered in lowering.kernels(run.operations) {
        if known[lowered] == nil { known[lowered] = try price(lowered) }
        let price = known[lowered]!
        result.append(
          PricedKernel(
            lowered: lowered, stream: run.stream, phase: run.phase, nodes: run.nodes, time: price.time,
            seconds: price.seconds, hostSeconds: price.hostSeconds))
      }
    }
    return result
  }

  /// What is the same for equal kernels.
  private struct Price {
    var time: KernelTime
    var seconds, hostSeconds: Double
  }

  private func price(_ lowered: LoweredKernel) throws(GPUError) -> Price {
    let time = try model.time(of: lowered.kernel, power: power)
    let gap = lowered.hostOperations > 0 ? issue.gap : 0
    let seconds = if case .attention = lowered.kernel { time.seconds * attentionFactor } else { time.seconds }
    return Price(
      time: time, seconds: seconds + gap, hostSeconds: Double(lowered.hostOperations) * issue.secondsPerOperation)
  }
}
