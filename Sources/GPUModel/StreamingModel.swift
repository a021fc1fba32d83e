package import Cluster
import Foundation
import Quantities

/// Time of a kernel that reads and writes every byte once:
///
///     T = launch + [ (V·cold / (η·B))⁴ + (V / (S·l2·f))⁴ + (ops / (S·lanes·f))⁴ + (special / (S·16·f))⁴ ]^¼
///
/// V bytes read and written, B DRAM bandwidth, S SMs, f clock. docs/gpu-model.md says what it ignores, and its error.
package struct StreamingModel: Sendable {
  package let gpu: GPU
  package let constants: StreamingConstants

  package init(_ gpu: GPU, _ constants: StreamingConstants) { (self.gpu, self.constants) = (gpu, constants) }

  /// Special functions (exp, tanh, reciprocal) that an SM starts in a clock.
  static let specialPerClock = 16.0
  static let threads = 128
  /// Bytes that one thread keeps in flight: one 16-byte load.
  static let bytesPerThread = 16.0
  /// The same where it loads value by value: one 2-byte value of each of two operands.
  static let bytesPerScalarThread = 4.0

  package func seconds(_ kernel: StreamingKernel) -> Double { time(of: kernel).seconds }

  package func time(of kernel: StreamingKernel) -> KernelTime {
    let volume = Double(kernel.bytesRead + kernel.bytesWritten)
    let clocks = Double(gpu.multiprocessors) * gpu.boostClock.hertz
    let cold = gpu.cold(volume, residency: constants.l2Residency)
    let bounds = [
      KernelTime.Bound(.dram, volume * cold / bandwidth(kernel)),
      KernelTime.Bound(.l2, volume / (clocks * constants.l2BytesPerClock)),
      KernelTime.Bound(.fma, Double(kernel.operations) / (clocks * Double(gpu.fp32Lanes))),
      KernelTime.Bound(.specialFunctions, Double(kernel.specialFunctions) / (clocks * Self.specialPerClock)),
    ]
    return KernelTime(
      bounds, launch: constants.launch, flops: kernel.operations, dramBytes: volume * cold, l2Bytes: volume,
      launchShape: launchShape(kernel))
  }

  /// DRAM bytes a second: what the memory sustains, or what the threads in flight ask for within its latency.
  private func bandwidth(_ kernel: StreamingKernel) -> Double {
    let sustained = gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency
    return min(sustained, bytesInFlight(kernel) / constants.latency)
  }

  private func bytesInFlight(_ kernel: StreamingKernel) -> Double {
    let most = gpu.multiprocessors * gpu.limits.threads
    if kernel.rowBlocks > 0 {
      let threads = min(kernel.elements / kernel.rowBlocks, MultiprocessorLimits.threadsPerBlock)
      return Double(min(most, kernel.rowBlocks * max(32, threads))) * Self.bytesPerScalarThread
    }
    return Double(min(most, max(32, (kernel.elements + 3) / 4))) * Self.bytesPerThread
  }

  private func launchShape(_ kernel: StreamingKernel) -> LaunchShape {
    let blocks = max(1, (kernel.elements + 4 * Self.threads - 1) / (4 * Self.threads))
    return LaunchShape(blocks: blocks, threads: Self.threads, registers: 32, on: gpu)
  }
}

extension GPU {
  /// What the SMs' work may take of the board's power; the rest is memory, leakage and the board itself. Fitted to large products on
  /// A100 to B200 together with their energies, 2026: only the ratio of the two matters.
  var dynamicPower: Power { Power(watts: 0.78 * boardPower.watts) }

  /// Share of `footprint` bytes that no earlier kernel can have left in L2.
  func cold(_ footprint: Double, residency: Double) -> Double {
    1 - min(1, max(0, 2 - footprint / (residency * Double(l2Cache.value))))
  }
}

extension LaunchShape {
  /// The shape of a launch of plain blocks.
  init(blocks: Int, threads: Int, registers: Int, on gpu: GPU) {
    let occupancy = Occupancy(BlockResources(threads: threads, registersPerThread: registers), on: gpu.limits)
    let resident = max(1, occupancy.blocks)
    let waves = Double(blocks) / Double(resident * gpu.multiprocessors)
    let warps = resident * threads / MultiprocessorLimits.warpSize
    self.init(
      blocks: blocks, threadsPerBlock: threads, blocksPerMultiprocessor: resident,
      occupancy: Double(warps) / Double(gpu.limits.warps), waves: waves, tail: 1 - waves / max(1, waves.rounded(.up)))
  }
}

extension KernelTime {
  /// What overlaps combines as (Σ boundᵖ)^(1/p) with p = 4: a little more than the longest where two are near.
  init(
    _ bounds: [Bound], launch: Double, flops: Int, dramBytes: Double, l2Bytes: Double, sharedBytes: Double = 0,
    launchShape: LaunchShape
  ) {
    let longest = bounds.max { $0.seconds < $1.seconds }!
    var sum = 0.0
    for bound in bounds where longest.seconds > 0 {
      let square = (bound.seconds / longest.seconds) * (bound.seconds / longest.seconds)
      sum += square * square
    }
    let work = longest.seconds * sum.squareRoot().squareRoot()
    self.init(
      seconds: work + launch, limiter: launch > work ? .launch : longest.limiter, launch: launch, bounds: bounds,
      flops: FLOPCount(flops), dramBytes: dramBytes, l2Bytes: l2Bytes, sharedBytes: sharedBytes,
      launchShape: launchShape)
  }
}
