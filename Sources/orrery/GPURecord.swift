import Cluster
import Quantities

/// A GPU as JSON has it: units are in the keys; what a GPU does not have is absent.
struct GPURecord: Encodable {
  var name: String
  var aliases: [String]
  var generation, computeCapability: String
  var multiprocessors: Int
  var boostClockHertz: Double
  var baseClockHertz: Double?
  var fp32LanesPerMultiprocessor, tensorCoresPerMultiprocessor: Int
  var tensorFlopsPerClock: Double
  var l1CacheBytes, l2CacheBytes, memoryBytes: Int
  var l2BytesPerSecond: Double?
  var memoryBytesPerSecond: Double
  var matmulFlopsPerSecond: [String: Double]
  var nvlinkBytesPerSecond: Double?
  var pcie: String
  var boardPowerWatts: Double
  var flashAttention: [Int]
  var limits: MultiprocessorRecord
  var uncertain: Bool
  var source, notes: String

  init(_ gpu: GPU) {
    (name, aliases) = (gpu.name, gpu.aliases)
    (generation, computeCapability) = (gpu.generation.rawValue, gpu.capability.description)
    multiprocessors = gpu.multiprocessors
    (boostClockHertz, baseClockHertz) = (gpu.boostClock.hertz, gpu.baseClock?.hertz)
    (fp32LanesPerMultiprocessor, tensorCoresPerMultiprocessor) = (gpu.fp32Lanes, gpu.tensorCores)
    tensorFlopsPerClock = gpu.tensorFLOPsPerClock
    (l1CacheBytes, l2CacheBytes, memoryBytes) = (gpu.l1Cache.value, gpu.l2Cache.value, gpu.memory.value)
    (l2BytesPerSecond, memoryBytesPerSecond) = (gpu.l2Bandwidth?.bytesPerSecond, gpu.memoryBandwidth.bytesPerSecond)
    let rates = gpu.matmulRates.map { ($0.key.rawValue, $0.value.flopsPerSecond) }
    matmulFlopsPerSecond = Dictionary(uniqueKeysWithValues: rates)
    (nvlinkBytesPerSecond, pcie) = (gpu.nvlink?.bytesPerSecond, gpu.pcie)
    boardPowerWatts = gpu.boardPower.watts
    (flashAttention, limits) = (gpu.limits.flashAttention, MultiprocessorRecord(gpu.limits))
    (uncertain, source, notes) = (gpu.isUncertain, gpu.source, gpu.notes)
  }
}

/// What one multiprocessor holds.
struct MultiprocessorRecord: Encodable {
  var threads, warps, blocks, registers, registersPerBlock, registersPerThread: Int
  var sharedMemoryBytes, sharedMemoryPerBlockBytes, sharedMemoryPerBlockOptInBytes: Int

  init(_ limits: MultiprocessorLimits) {
    (threads, warps, blocks) = (limits.threads, limits.warps, limits.blocks)
    registers = limits.registers
    (registersPerBlock, registersPerThread) = (limits.registersPerBlock, limits.registersPerThread)
    sharedMemoryBytes = limits.sharedMemory.value
    sharedMemoryPerBlockBytes = limits.sharedMemoryPerBlock.value
    sharedMemoryPerBlockOptInBytes = limits.sharedMemoryPerBlockOptIn.value
  }
}
