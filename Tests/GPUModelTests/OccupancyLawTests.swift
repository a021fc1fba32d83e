import Cluster
import GPUModel
import Quantities
import Testing

/// What holds for every block on every compute capability.
@Suite struct OccupancyLawTests {
  private static let limits = try! MultiprocessorLimits.builtIn().values.sorted { $0.capability < $1.capability }
  private static let threads = [1, 32, 33, 64, 96, 128, 192, 224, 256, 320, 384, 512, 544, 640, 768, 1000, 1024]
  private static let memory = [
    0, 1, 100, 1023, 1024, 3000, 8192, 16_384, 24_000, 49_152, 49_153, 65_536, 101_376, 200_000,
  ]

  private func occupancy(
    _ threads: Int, _ registers: Int, _ memory: Int, _ limits: MultiprocessorLimits, carveout: Int? = nil
  ) -> Occupancy {
    let block = BlockResources(
      threads: threads, registersPerThread: registers, dynamicSharedMemory: ByteCount(memory))
    return Occupancy(block, on: limits, carveout: carveout.map { ByteCount($0) })
  }

  @Test(arguments: limits)
  func `more registers never let in more blocks`(_ limits: MultiprocessorLimits) {
    for threads in Self.threads {
      for memory in [0, 5000, 30_000] {
        let blocks = (0...257).map { occupancy(threads, $0, memory, limits).blocks }
        #expect(blocks == blocks.sorted(by: >), "\(limits.capability), \(threads) threads, \(memory) B")
      }
    }
  }

  @Test(arguments: limits)
  func `more shared memory never lets in more blocks, whatever the carve-out`(_ limits: MultiprocessorLimits) {
    for carveout in [nil, 0, 10_000, 40_000, 100_000] as [Int?] {
      for registers in [0, 24, 64] {
        let blocks = stride(from: 0, through: 240 << 10, by: 61).map {
          occupancy(128, registers, $0, limits, carveout: carveout).blocks
        }
        #expect(blocks == blocks.sorted(by: >), "\(limits.capability), carve-out \(carveout ?? -1)")
      }
    }
  }

  @Test(arguments: limits)
  func `more threads never let in more blocks`(_ limits: MultiprocessorLimits) {
    for registers in [0, 21, 32, 64, 128, 255] {
      let blocks = (1...1056).map { occupancy($0, registers, 4000, limits).blocks }
      #expect(blocks == blocks.sorted(by: >), "\(limits.capability), \(registers) registers")
    }
  }

  @Test(arguments: limits)
  func `what is resident fits`(_ limits: MultiprocessorLimits) {
    for threads in Self.threads {
      for registers in stride(from: 0, through: 255, by: 3) {
        for memory in Self.memory {
          let found = occupancy(threads, registers, memory, limits)
          #expect(fits(found, threads, limits), "\(limits.capability) \(threads) \(registers) \(memory)")
          #expect(!found.limiters.isEmpty)
        }
      }
    }
  }

  private func fits(_ found: Occupancy, _ threads: Int, _ limits: MultiprocessorLimits) -> Bool {
    found.blocks >= 0 && found.blocks <= limits.blocks && found.warps <= limits.warps
      && found.blocks * threads <= limits.threads && found.blocks * found.allocatedRegisters <= limits.registers
      && found.allocatedSharedMemory * found.blocks <= limits.sharedMemory
      && found.fraction == Double(found.warps * 32) / Double(limits.threads)
  }

  @Test func `a rule that gives too much away is noticed`() {
    var limits = Self.limits.last!
    limits.threads *= 2
    let found = occupancy(128, 0, 0, limits)
    #expect(!fits(found, 128, Self.limits.last!))
  }

  @Test(arguments: limits)
  func `the limits are consistent among themselves`(_ limits: MultiprocessorLimits) {
    #expect(limits.threads % MultiprocessorLimits.warpSize == 0 && limits.registers % limits.partitions == 0)
    #expect(limits.registersPerBlock <= limits.registers)
    #expect(limits.registersPerThread <= limits.allocatableRegistersPerThread)
    #expect(limits.sharedMemoryPerBlock == ByteCount(48 << 10))
  }
}
