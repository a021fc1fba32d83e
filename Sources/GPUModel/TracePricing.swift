package import Cluster
package import Program

/// Turns a trace into kernels with times: what one GPU would launch for the operations of a rank's step.
///
/// Operations of the host's own stream (offloaded optimizer state) are no kernels; transfers and messages have no time here.
package struct TracePricing: Sendable {
  package let lowering: Lowering
  package let model: KernelModel
  package let power: PowerState
  /// Seconds of the host for one operation, by the kernel's family.
  private let issue: [KernelFamily: Double]

  /// - Parameters:
  ///   - power: training goes on for longer than a board stays cool.
  ///   - library: as `KernelModel`'s.
  /// - Errors: `CalibrationError` for constants that are missing.
  package init(
    _ gpu: GPU, _ lowering: Lowering, _ calibration: Calibration, power: PowerState = .sustained,
    library: String? = nil
  ) throws(CalibrationError) {
    (self.lowering, self.power) = (lowering, power)
    model = try KernelModel(gpu, calibration, library: library)
    var issue: [KernelFamily: Double] = [:]
    for family in KernelFamily.allCases {
      let host: HostConstants = try calibration.constants("host_\(family.rawValue)", for: gpu)
      issue[family] = host.before + host.after
    }
    self.issue = issue
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
    let host = Double(lowered.hostOperations) * issue[try model.gpu.family(of: lowered.kernel)]!
    let launch: LaunchContext = lowered.hostOperations == 0 ? .graph : .stream
    return Price(
      time: try model.time(of: lowered.kernel, power: power),
      seconds: try model.seconds(lowered.kernel, launched: launch, power: power), hostSeconds: host)
  }
}
