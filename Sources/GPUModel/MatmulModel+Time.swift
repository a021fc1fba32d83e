import Cluster
import Quantities

extension MatmulModel {
  /// Seconds alone, for searches over many products.
  ///
  /// - Parameter power: what operands and earlier work mean for the board's power.
  package func seconds(_ kernel: MatmulKernel, power: PowerState = .burst) -> Double {
    best(kernel, power: power).seconds
  }

  /// The product's time and what bounds it.
  package func time(of kernel: MatmulKernel, power: PowerState = .burst) -> KernelTime {
    let best = best(kernel, power: power)
    let plan = plans[best.plan]
    let problem = MatmulProblem(kernel, precision, gpu, constants, power)
    let found = MatmulBounds(problem, plan, MatmulGrid(problem, plan), split: best.split)
    // Clocks of all SMs for the blocks' steps of k = 1.
    let steps = roundedUp(problem.k / (best.split * plan.k)) * plan.k * found.blocks
    let seconds = steps / problem.multiprocessors * problem.secondsPerClock
    let bounds = [
      KernelTime.Bound(plan.tile.instruction == .simt ? .fma : .tensorCores, plan.mathPerK * seconds),
      KernelTime.Bound(.sharedMemory, plan.sharedPerK * seconds), KernelTime.Bound(.l2, found.l2),
      KernelTime.Bound(.dram, found.dram), KernelTime.Bound(.power, found.power),
    ]
    return KernelTime(
      seconds: best.seconds, limiter: limiter(bounds, busiest: found.multiprocessor), launch: constants.launch,
      bounds: bounds, flops: Kernel.matmul(kernel).flops, dramBytes: found.dramBytes, l2Bytes: found.l2Bytes,
      sharedBytes: plan.sharedPerK * 128 * steps, launchShape: launchShape(plan, found.blocks, split: best.split))
  }

  /// The longest bound; latency where the busiest SM waits longer than any pipe works, launch where that is most of the time.
  private func limiter(_ bounds: [KernelTime.Bound], busiest: Double) -> KernelTime.Limiter {
    let longest = bounds.max { $0.seconds < $1.seconds }!
    if constants.launch > max(longest.seconds, busiest) { return .launch }
    return busiest > 2 * longest.seconds ? .latency : longest.limiter
  }

  private func launchShape(_ plan: TilePlan, _ blocks: Double, split: Double) -> LaunchShape {
    let waves = blocks / (plan.resident * Double(gpu.multiprocessors))
    let warps = plan.resident * Double(plan.tile.threads / MultiprocessorLimits.warpSize)
    return LaunchShape(
      blocks: Int(blocks), threadsPerBlock: plan.tile.threads, blocksPerMultiprocessor: Int(plan.resident),
      occupancy: warps / Double(gpu.limits.warps), waves: waves, tail: 1 - waves / max(1, waves.rounded(.up)),
      tile: plan.tile.name, splitK: Int(split), stages: plan.tile.stages)
  }
}
