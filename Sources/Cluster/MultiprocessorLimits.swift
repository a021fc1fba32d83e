package import Quantities

/// What one multiprocessor (SM) of a compute capability can hold. The figures are those of `Catalogue/compute-capabilities.yaml`.
package struct MultiprocessorLimits: Hashable, Sendable {
  package var capability: ComputeCapability
  package var threads, blocks: Int
  package var registers, registersPerBlock: Int
  /// The most that an instruction can name, and the most that the allocator gives.
  package var registersPerThread, allocatableRegistersPerThread: Int
  /// Registers are given to a warp in multiples of this many.
  package var registerGranularity: Int
  /// Fermi: a warp with one of these counts a thread gets them in multiples of `coarseRegisterGranularity` instead.
  package var coarseRegisterCounts: [Int]
  package var coarseRegisterGranularity: Int
  /// The register file is cut into so many parts; a warp lives in one of them.
  package var partitions: Int
  /// A block must also fit a register file that is cut into so many: GP100 refuses what its smaller kin could not run.
  package var forwardPartitions: Int
  package var sharedMemory: ByteCount
  /// The most a block gets unasked, and the most it gets when its kernel opts in.
  package var sharedMemoryPerBlock, sharedMemoryPerBlockOptIn: ByteCount
  package var sharedMemoryGranularity: ByteCount
  /// What the system takes of every block's allocation.
  package var sharedMemoryReserved: ByteCount
  /// The sizes to which shared memory can be configured, ascending; empty where there is no choice.
  package var sharedMemoryCarveouts: [ByteCount]
  /// The generations of FlashAttention that have kernels for it.
  package var flashAttention: [Int]

  package static let warpSize = 32
  package static let threadsPerBlock = 1024
  package var warps: Int { threads / Self.warpSize }
}

extension MultiprocessorLimits {
  /// Of all known compute capabilities, the one that a text such as `"8.0"` names.
  ///
  /// - Errors: `GPUError` with those that are known.
  package static func named(_ text: String) throws(GPUError) -> MultiprocessorLimits {
    if let capability = ComputeCapability(text), let limits = try builtIn(capability) { return limits }
    let known = try builtIn().keys.sorted().map(\.description).joined(separator: ", ")
    throw GPUError("'\(text)' is no known compute capability; known: \(known)")
  }
}
