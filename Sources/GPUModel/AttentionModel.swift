package import Cluster
import Foundation
import Quantities

/// Time of fused attention in tiles of 128 queries by 128 keys:
///
///     tile  = products / (e·F) + α·(128·128 / 16 + c·128·128 / lanes)          clocks
///     work  = B·A·tiles·tile + blocks·L
///     T     = launch + max( [ (max(work/S + tail, longest block) / f)⁴ + (V / (η·B))⁴ ]^¼, power ) + cache / (η·B)
///
/// `cache` are the bytes that a paged cache's kernel reads and writes before it, where there is one.
///
/// - Source: Dao 2023, arXiv:2307.08691; Shah et al. 2024, arXiv:2407.08608.
package struct AttentionModel: Sendable {
  package let gpu: GPU
  package let precision: MathPrecision
  package let constants: AttentionConstants
  private let flopsPerClock: Double

  package init(_ gpu: GPU, _ precision: MathPrecision, _ constants: AttentionConstants) throws(GPUError) {
    (self.gpu, self.precision, self.constants) = (gpu, precision, constants)
    flopsPerClock = try gpu.multiplier(precision).flopsPerClock
  }

  /// Queries and keys of a tile.
  static let tile = 128.0
  /// fp32 operations beside the exponential of one score: scale, mask, maximum, difference, sum, conversion; more for the gradient.
  private static let operations = (forward: 6.0, backward: 10.0)
  /// Blocks that the last wave adds on average, as a share of one: their starts are spread.
  private static let tail = 0.5

  package func seconds(_ kernel: AttentionKernel) -> Double { time(of: kernel).seconds }

  package func time(of kernel: AttentionKernel) -> KernelTime {
    let work = AttentionWork(kernel)
    let bandwidth = gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency
    let products = work.flopsPerTile / flopsPerClock / constants.computeEfficiency
    let busiest = busiest(work, tile: products + constants.softmaxExposed * softmax(kernel))
    let (dram, power) = (work.bytes / bandwidth, power(work))
    let clocks = Double(gpu.multiprocessors) * gpu.boostClock.hertz
    let exposed = min(1, constants.softmaxExposed) * Self.tile * Self.tile / StreamingModel.specialPerClock
    let bounds = [
      KernelTime.Bound(.tensorCores, work.tiles * products / clocks),
      KernelTime.Bound(.specialFunctions, work.tiles * exposed / clocks), KernelTime.Bound(.latency, busiest),
      KernelTime.Bound(.dram, dram), KernelTime.Bound(.power, power),
    ]
    let overlapped = (fourth(busiest) + fourth(dram)).squareRoot().squareRoot()
    let bytes = work.bytes + work.cacheBytes
    return KernelTime(
      seconds: constants.launch + max(overlapped, power) + work.cacheBytes / bandwidth,
      limiter: limiter(bounds, work), launch: constants.launch, bounds: bounds, flops: Kernel.attention(kernel).flops,
      dramBytes: bytes, l2Bytes: bytes, sharedBytes: 0, launchShape: launchShape(work))
  }

  /// Seconds of the busiest multiprocessor: an equal share of all blocks and a tail, or the longest block alone.
  private func busiest(_ work: AttentionWork, tile: Double) -> Double {
    let multiprocessors = Double(gpu.multiprocessors)
    let total = work.tiles * tile + work.blocks * constants.blockLatency
    let tail = work.blocks > multiprocessors ? Self.tail * total / work.blocks : 0
    let longest = work.longest * tile + constants.blockLatency
    return max(total / multiprocessors + tail, longest) / gpu.boostClock.hertz
  }

  private func power(_ work: AttentionWork) -> Double {
    work.tiles * work.flopsPerTile * constants.energyPerFLOP / gpu.dynamicPower.watts
  }

  /// Clocks of a tile's exponentials and fp32 work.
  private func softmax(_ kernel: AttentionKernel) -> Double {
    let scores = Self.tile * Self.tile
    let operations = kernel.backward ? Self.operations.backward : Self.operations.forward
    return scores / StreamingModel.specialPerClock + operations * scores / Double(gpu.fp32Lanes)
  }

  /// The longest bound; where that is the busiest SM, latency if most are idle and its products otherwise.
  private func limiter(_ bounds: [KernelTime.Bound], _ work: AttentionWork) -> KernelTime.Limiter {
    let longest = bounds.max { $0.seconds < $1.seconds }!
    if constants.launch > longest.seconds { return .launch }
    guard longest.limiter == .latency else { return longest.limiter }
    return work.blocks < Double(gpu.multiprocessors) ? .latency : .tensorCores
  }

  private func launchShape(_ work: AttentionWork) -> LaunchShape {
    let waves = work.blocks / Double(gpu.multiprocessors)
    return LaunchShape(
      blocks: Int(work.blocks), threadsPerBlock: 256, blocksPerMultiprocessor: 1,
      occupancy: 8 / Double(gpu.limits.warps), waves: waves, tail: 1 - waves / max(1, waves.rounded(.up)),
      tile: "128x128")
  }
}

private func fourth(_ x: Double) -> Double { x * x * x * x }
