package import Cluster
package import Quantities

/// What one block of a kernel asks of a multiprocessor.
package struct BlockResources: Hashable, Sendable {
  package var threads: Int
  package var registersPerThread: Int
  package var staticSharedMemory, dynamicSharedMemory: ByteCount

  package init(
    threads: Int, registersPerThread: Int, staticSharedMemory: ByteCount = .zero,
    dynamicSharedMemory: ByteCount = .zero
  ) {
    (self.threads, self.registersPerThread) = (threads, registersPerThread)
    (self.staticSharedMemory, self.dynamicSharedMemory) = (staticSharedMemory, dynamicSharedMemory)
  }

  package var warps: Int { (threads + MultiprocessorLimits.warpSize - 1) / MultiprocessorLimits.warpSize }
  package var sharedMemory: ByteCount { staticSharedMemory + dynamicSharedMemory }
}

/// How many blocks of a kernel are on one multiprocessor at once, and what keeps more away.
///
///     blocks = min(limitWarps, limitRegisters, limitSharedMemory, limitBlocks);  fraction = blocks · warps per block · 32 / threads
///
/// - Source: the rules of NVIDIA's `cuda_occupancy.h`, versions 7.0 (compute capability 2.x), 12.9 and 13.5.
/// - Ignores: named barriers (9.0 and above), clusters of blocks, and limits that a CUDA MPS client sets.
/// - Validated: exactly, on 249 cases from 2.0 to 12.1; `OccupancyTests`.
package struct Occupancy: Hashable, Sendable {
  /// What can keep another block away.
  package enum Limiter: String, Hashable, Sendable, CaseIterable {
    case warps, registers
    case sharedMemory = "shared memory"
    case blocks
  }

  /// Resident on one multiprocessor; no blocks if not even one fits.
  package var blocks, warps: Int
  /// Resident warps over the most that there can be, 0 … 1.
  package var fraction: Double
  /// Blocks that each resource alone would let in; nil is without limit.
  package var limitWarps: Int
  package var limitRegisters, limitSharedMemory: Int?
  package var limitBlocks: Int
  /// What one block takes, rounded up as the hardware does.
  package var allocatedRegisters: Int
  package var allocatedSharedMemory: ByteCount
  /// The shared memory that all blocks divide: the multiprocessor's, or the carve-out.
  package var sharedMemoryPool: ByteCount

  /// - Parameters:
  ///   - carveout: the share of the L1 cache's memory that is to be shared memory: it is rounded up to a size that the hardware has,
  ///     and to what one block needs; nil is the largest. Without meaning where the two are apart.
  ///   - optIn: the kernel asks for more shared memory per block than it gets unasked.
  package init(
    _ block: BlockResources, on limits: MultiprocessorLimits, carveout: ByteCount? = nil, optIn: Bool = true
  ) {
    precondition(block.threads > 0, "a block of \(block.threads) threads")
    let warpRegisters = limits.warpRegisters(block.registersPerThread)
    allocatedRegisters = warpRegisters * block.warps
    allocatedSharedMemory = limits.allocated(block.sharedMemory)
    sharedMemoryPool = limits.pool(carveout, for: allocatedSharedMemory)
    limitWarps = block.threads > MultiprocessorLimits.threadsPerBlock ? 0 : limits.warps / block.warps
    limitRegisters = limits.registerLimit(warpRegisters, block)
    limitSharedMemory = limits.sharedMemoryLimit(allocatedSharedMemory, in: sharedMemoryPool, optIn)
    limitBlocks = limits.blocks
    blocks = min(limitWarps, limitRegisters ?? .max, limitSharedMemory ?? .max, limitBlocks)
    warps = blocks * block.warps
    fraction = Double(warps) / Double(limits.warps)
  }

  /// Every resource that lets in no more than there are.
  package var limiters: [Limiter] { Limiter.allCases.filter { limit($0) == blocks } }

  package func limit(_ limiter: Limiter) -> Int? {
    switch limiter {
    case .warps: limitWarps
    case .registers: limitRegisters
    case .sharedMemory: limitSharedMemory
    case .blocks: limitBlocks
    }
  }
}
