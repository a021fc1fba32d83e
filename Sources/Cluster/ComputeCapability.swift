package import Quantities

/// NVIDIA's version of the instruction set and of what one multiprocessor can hold.
package struct ComputeCapability: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var major, minor: Int

  package init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

  /// Reads `"8.9"`.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1], major > 0, minor >= 0 else { return nil }
    self.init(major, minor)
  }

  package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
  package var description: String { "\(major).\(minor)" }
}

/// What one multiprocessor (SM) of a compute capability can hold. The figures are those of `Catalogue/compute-capabilities.yaml`.
package struct MultiprocessorLimits: Hashable, Sendable {
  package var capability: ComputeCapability
  package var threads, blocks: Int
  package var registers, registersPerBlock, registersPerThread: Int
  /// Registers are given to a warp in multiples of this many.
  package var registerGranularity: Int
  /// The register file is cut into so many parts; a warp lives in one of them.
  package var partitions: Int
  package var sharedMemory: ByteCount
  /// The most a block gets unasked, and the most it gets when its kernel opts in.
  package var sharedMemoryPerBlock, sharedMemoryPerBlockOptIn: ByteCount
  package var sharedMemoryGranularity: ByteCount
  /// What the system takes of every block's allocation.
  package var sharedMemoryReserved: ByteCount
  /// The sizes to which shared memory can be configured; empty where there is no choice.
  package var sharedMemoryCarveouts: [ByteCount]
  /// The generations of FlashAttention that have kernels for it.
  package var flashAttention: [Int]

  package static let warpSize = 32
  package static let threadsPerBlock = 1024
  package var warps: Int { threads / Self.warpSize }
}
