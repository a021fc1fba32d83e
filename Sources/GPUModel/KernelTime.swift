package import Quantities

/// What one launch costs, and why.
package struct KernelTime: Hashable, Sendable {
  /// The resource whose bound is the largest.
  package enum Limiter: String, Hashable, Sendable, CaseIterable {
    case tensorCores = "tensor cores"
    case fma = "FMA pipes"
    case specialFunctions = "special functions"
    case sharedMemory = "shared memory"
    case l2 = "L2 bandwidth"
    case dram = "DRAM bandwidth"
    case latency
    case power
    case launch
  }

  package var seconds: Double
  package var limiter: Limiter
  /// Time of the fixed part alone: launch, and draining the last block.
  package var launch: Double
  /// What each resource alone would take, in seconds; none is longer than `seconds`.
  package var bounds: [Bound]
  /// Exact work: what the mathematics asks for, not what padding adds.
  package var flops: FLOPCount
  package var dramBytes, l2Bytes, sharedBytes: Double
  package var launchShape: LaunchShape

  package struct Bound: Hashable, Sendable {
    package var limiter: Limiter
    package var seconds: Double
    package init(_ limiter: Limiter, _ seconds: Double) { (self.limiter, self.seconds) = (limiter, seconds) }
  }

  package init(
    seconds: Double, limiter: Limiter, launch: Double, bounds: [Bound], flops: FLOPCount, dramBytes: Double,
    l2Bytes: Double, sharedBytes: Double, launchShape: LaunchShape
  ) {
    (self.seconds, self.limiter, self.launch, self.bounds, self.flops) = (seconds, limiter, launch, bounds, flops)
    (self.dramBytes, self.l2Bytes, self.sharedBytes) = (dramBytes, l2Bytes, sharedBytes)
    self.launchShape = launchShape
  }
}

/// How a kernel lies on the multiprocessors.
package struct LaunchShape: Hashable, Sendable {
  package var blocks, threadsPerBlock: Int
  package var blocksPerMultiprocessor: Int
  /// Resident warps over the most that fit.
  package var occupancy: Double
  /// Rounds in which the blocks run, and the share of the last round's places that stay empty.
  package var waves: Double
  package var tail: Double
  /// The block's tile, for matrix products and attention: `128x256x64`.
  package var tile: String
  package var splitK: Int
  /// Tiles of operands that the block keeps in shared memory, after what fits; 0 without a main loop.
  package var stages: Int

  package init(
    blocks: Int, threadsPerBlock: Int, blocksPerMultiprocessor: Int, occupancy: Double, waves: Double, tail: Double,
    tile: String = "", splitK: Int = 1, stages: Int = 0
  ) {
    (self.blocks, self.threadsPerBlock) = (blocks, threadsPerBlock)
    (self.blocksPerMultiprocessor, self.occupancy) = (blocksPerMultiprocessor, occupancy)
    (self.waves, self.tail) = (waves, tail)
    (self.tile, self.splitK, self.stages) = (tile, splitK, stages)
  }
}

extension KernelTime {
  package var rate: ComputeRate { ComputeRate(Double(flops.value) / seconds) }
  package var dramBandwidth: Bandwidth { Bandwidth(dramBytes / seconds) }
}
