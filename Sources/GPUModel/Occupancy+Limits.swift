import Cluster
import Quantities

extension MultiprocessorLimits {
  /// What a warp is given, with so many registers for each of its threads.
  func warpRegisters(_ registersPerThread: Int) -> Int {
    let isCoarse = coarseRegisterCounts.contains(registersPerThread)
    let granularity = isCoarse ? coarseRegisterGranularity : registerGranularity
    return roundedUp(registersPerThread * Self.warpSize, to: granularity)
  }

  func registerLimit(_ warpRegisters: Int, _ block: BlockResources) -> Int? {
    guard block.registersPerThread <= allocatableRegistersPerThread,
      fits(warpRegisters, block.warps, partitions), fits(warpRegisters, block.warps, forwardPartitions)
    else { return 0 }
    return warpRegisters == 0 ? nil : registers / partitions / warpRegisters * partitions / block.warps
  }

  /// Warps are spread evenly over the partitions, so that the fullest one decides whether a block can be there at all.
  private func fits(_ warpRegisters: Int, _ warps: Int, _ partitions: Int) -> Bool {
    warpRegisters * roundedUp(warps, to: partitions) <= registersPerBlock
  }

  func allocated(_ sharedMemory: ByteCount) -> ByteCount {
    ByteCount(roundedUp((sharedMemory + sharedMemoryReserved).value, to: sharedMemoryGranularity.value))
  }

  func pool(_ carveout: ByteCount?, for allocated: ByteCount) -> ByteCount {
    guard let carveout else { return sharedMemory }
    let wanted = max(min(carveout, sharedMemory), allocated)
    return sharedMemoryCarveouts.first { $0 >= wanted } ?? sharedMemory
  }

  func sharedMemoryLimit(_ allocated: ByteCount, in pool: ByteCount, _ optIn: Bool) -> Int? {
    let most = (optIn ? sharedMemoryPerBlockOptIn : sharedMemoryPerBlock) + sharedMemoryReserved
    guard allocated <= most else { return 0 }
    return allocated == .zero ? nil : pool.value / allocated.value
  }
}

private func roundedUp(_ value: Int, to granularity: Int) -> Int {
  (value + granularity - 1) / granularity * granularity
}
