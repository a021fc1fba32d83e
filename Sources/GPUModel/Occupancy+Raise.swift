package import Cluster
package import Quantities

/// A block that asks for something else, and what that comes to.
package struct OccupancyRaise: Hashable, Sendable {
  package var block: BlockResources
  package var occupancy: Occupancy
}

extension Occupancy {
  /// The most registers and shared memory with which another block fits; nil if the warps or the blocks are at their limit.
  package func raisedByLess(
    than block: BlockResources, on limits: MultiprocessorLimits, carveout: ByteCount? = nil
  ) -> OccupancyRaise? {
    guard limitWarps > blocks, limitBlocks > blocks else { return nil }
    var less = block
    let registers = (0...block.registersPerThread).reversed().first { count in
      less.registersPerThread = count
      return Occupancy(less, on: limits, carveout: carveout).limitRegisters ?? .max > blocks
    }
    let granularity = limits.sharedMemoryGranularity.value
    // More than a block can have lets none in.
    let most = min(block.sharedMemory, limits.sharedMemoryPerBlockOptIn).value
    let memory = stride(from: most - most % granularity, through: 0, by: -granularity)
    let bytes = memory.first { bytes in
      less.setSharedMemory(ByteCount(bytes))
      return Occupancy(less, on: limits, carveout: carveout).limitSharedMemory ?? .max > blocks
    }
    guard let registers, let bytes else { return nil }
    less = block
    less.registersPerThread = registers
    if limiters.contains(.sharedMemory) { less.setSharedMemory(ByteCount(bytes)) }
    return OccupancyRaise(block: less, occupancy: Occupancy(less, on: limits, carveout: carveout))
  }

  /// Of the block sizes that give the most warps, the nearest, if that is more than here.
  package func raisedByAnotherSize(
    than block: BlockResources, on limits: MultiprocessorLimits, carveout: ByteCount? = nil
  ) -> OccupancyRaise? {
    let sizes = Occupancy.sizes(of: block, on: limits, carveout: carveout)
    let most = sizes.map(\.occupancy.warps).max() ?? 0
    guard most > warps else { return nil }
    return sizes.filter { $0.occupancy.warps == most }.min {
      abs($0.block.threads - block.threads) < abs($1.block.threads - block.threads)
    }
  }

  /// The block in all its sizes from 32 to 1024 threads, the rest unchanged.
  package static func sizes(
    of block: BlockResources, on limits: MultiprocessorLimits, carveout: ByteCount? = nil
  ) -> [OccupancyRaise] {
    let warp = MultiprocessorLimits.warpSize
    return stride(from: warp, through: MultiprocessorLimits.threadsPerBlock, by: warp).map { threads in
      var other = block
      other.threads = threads
      return OccupancyRaise(block: other, occupancy: Occupancy(other, on: limits, carveout: carveout))
    }
  }
}

extension BlockResources {
  /// Takes from the dynamic part first.
  fileprivate mutating func setSharedMemory(_ total: ByteCount) {
    staticSharedMemory = min(staticSharedMemory, total)
    dynamicSharedMemory = total - staticSharedMemory
  }
}
