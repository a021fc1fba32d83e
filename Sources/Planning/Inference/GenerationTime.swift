import Cluster
package import GPUModel

/// What one pass of generation takes on a GPU, and what of it waits for what.
package struct GenerationTime: Hashable, Sendable {
  /// Kernels and host together.
  package var timeline: StreamTimeline
  /// Seconds of the kernels by what limits each.
  package var byLimiter: [KernelTime.Limiter: Double]

  package var seconds: Double { timeline.seconds }
  /// Where most of the kernels' time goes.
  package var limiter: KernelTime.Limiter {
    byLimiter.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .launch
  }
}

/// Prices passes of generation: as `TracePricing` does, over several sequences, with cold memory.
struct GenerationPricing {
  let model: KernelModel
  let lowering: Lowering
  let issue: HostIssue
  let memory: ColdMemory

  /// - Errors: `GPUError` for a precision that the GPU does not have.
  func time(of pass: GenerationProgram.Pass, sequences: Int) throws -> GenerationTime {
    var known: [LoweredKernel: (seconds: Double, limiter: KernelTime.Limiter)] = [:]
    var result = GenerationTime(timeline: StreamTimeline(), byLimiter: [:])
    for lowered in GenerationLowering(lowering, sequences: sequences).kernels(of: pass.trace) {
      let price = try known[lowered] ?? price(lowered)
      known[lowered] = price
      result.byLimiter[price.limiter, default: 0] += price.seconds
      result.timeline.append(
        .init(
          kernelSeconds: price.seconds + (lowered.hostOperations > 0 ? issue.gap : 0),
          hostOperations: lowered.hostOperations, issue: issue.secondsPerOperation))
    }
    return result
  }

  private func price(_ lowered: LoweredKernel) throws -> (seconds: Double, limiter: KernelTime.Limiter) {
    let time = try model.time(of: lowered.kernel, power: .sustained)
    let cold = try memory.seconds(lowered)
    guard cold > time.seconds else { return (time.seconds, time.limiter) }
    return (cold, cold > 2 * time.launch ? .dram : .launch)
  }
}
