import Cluster
import Quantities

extension MatmulModel {
  /// Seconds alone, for searches over many products.
  package func seconds(_ kernel: MatmulKernel) -> Double { best(kernel).seconds }

  /// The product's time and what bounds it.
  package func time(of kernel: MatmulKernel) -> KernelTime {
    let best = best(kernel)
    let bounds = [
      KernelTime.Bound(best.plan.tile.instruction == .simt ? .fma : .tensorCores, best.bounds.math),
      KernelTime.Bound(.sharedMemory, best.bounds.shared), KernelTime.Bound(.l2, best.bounds.l2),
      KernelTime.Bound(.dram, best.bounds.dram), KernelTime.Bound(.power, best.bounds.power),
    ]
    return KernelTime(
      seconds: best.seconds, limiter: best.limiter(bounds, launch: constants.launch), launch: constants.launch,
      bounds: bounds, flops: FLOPCount(2 * kernel.batch * kernel.m * kernel.n * kernel.k),
      dramBytes: best.bounds.dramBytes, l2Bytes: best.bounds.l2Bytes, sharedBytes: best.sharedBytes(kernel),
      launchShape: best.launchShape(on: gpu))
  }
}

extension MatmulCandidate {
  /// The longest bound; latency where the busiest SM waits longer than any pipe works, launch where that is most of the time.
  fileprivate func limiter(_ bounds: [KernelTime.Bound], launch: Double) -> KernelTime.Limiter {
    let longest = bounds.max { $0.seconds < $1.seconds }!
    if launch > max(longest.seconds, self.bounds.multiprocessor) { return .launch }
    return self.bounds.multiprocessor > 2 * longest.seconds ? .latency : longest.limiter
  }

  fileprivate func sharedBytes(_ kernel: MatmulKernel) -> Double {
    let depth = (Double(kernel.k) / split / plan.k).rounded(.up) * plan.k
    return plan.sharedPerK * 128 * depth * bounds.blocks
  }

  fileprivate func launchShape(on gpu: GPU) -> LaunchShape {
    let places = plan.resident * Double(gpu.multiprocessors)
    let waves = bounds.blocks / places
    let warps = plan.resident * Double(plan.tile.mathWarps + plan.tile.extraWarps)
    return LaunchShape(
      blocks: Int(bounds.blocks), threadsPerBlock: plan.tile.threads, blocksPerMultiprocessor: Int(plan.resident),
      occupancy: warps / Double(gpu.limits.warps), waves: waves,
      tail: 1 - waves / max(1, waves.rounded(.up)), tile: plan.tile.name, splitK: Int(split))
  }
}
