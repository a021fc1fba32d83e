import Cluster
import GPUModel
import Quantities
import Testing

@Suite struct OccupancyTests {
  private static let limits = try! MultiprocessorLimits.builtIn()

  private func occupancy(
    _ capability: String, _ threads: Int, _ registers: Int, fixed: Int = 0, dynamic: Int = 0, carveout: Int? = nil,
    optIn: Bool = true
  ) throws -> Occupancy {
    let block = BlockResources(
      threads: threads, registersPerThread: registers, staticSharedMemory: ByteCount(fixed),
      dynamicSharedMemory: ByteCount(dynamic))
    let limits = try MultiprocessorLimits.named(capability)
    return Occupancy(block, on: limits, carveout: carveout.map { ByteCount($0) }, optIn: optIn)
  }

  @Test func `every case of NVIDIA's calculator comes out exactly`() {
    #expect(OccupancyVector.all.count == 249)
    #expect(Set(OccupancyVector.all.map(\.capability)) == Set(Self.limits.keys))
    let faults = OccupancyVector.all.compactMap { $0.fault(on: Self.limits[$0.capability]!) }
    #expect(faults.isEmpty, "\(faults.prefix(5))")
  }

  @Test(arguments: Mutant.all)
  func `a wrong rule fails at least one case`(_ mutant: Mutant) {
    let faults = OccupancyVector.all.compactMap { vector in
      var limits = Self.limits[vector.capability]!
      mutant.change(&limits)
      return vector.fault(on: limits)
    }
    #expect(!faults.isEmpty, "nobody notices another \(mutant)")
  }

  @Test func `the worked examples of the model page come out as there`() throws {
    let one = try occupancy("8.0", 128, 230, dynamic: 64 << 10)
    #expect([one.limitWarps, one.limitRegisters, one.limitSharedMemory, one.limitBlocks] == [16, 2, 2, 32])
    #expect((one.blocks, one.warps, one.fraction) == (2, 8, 0.125))
    #expect(one.limiters == [.registers, .sharedMemory])
    #expect(one.allocatedSharedMemory == ByteCount(66560) && one.allocatedRegisters == 4 * 7424)
    let two = try occupancy("9.0", 384, 168, dynamic: 192 << 10)
    #expect([two.limitWarps, two.limitRegisters, two.limitSharedMemory] == [5, 1, 1])
    #expect((two.blocks, two.warps, two.fraction) == (1, 12, 0.1875))
    let three = try occupancy("7.0", 256, 128)
    #expect((three.blocks, three.warps, three.fraction) == (2, 16, 0.25))
    #expect(three.limiters == [.registers] && three.limitSharedMemory == nil)
    let four = try occupancy("2.0", 192, 21)
    #expect([four.limitWarps, four.limitRegisters, four.limitBlocks] == [8, 7, 8])
    #expect((four.blocks, four.warps, four.fraction) == (7, 42, 0.875))
    let five = try occupancy("6.0", 96, 33, fixed: 4096)
    #expect([five.limitWarps, five.limitRegisters, five.limitSharedMemory] == [21, 16, 16])
    #expect((five.blocks, five.fraction) == (16, 0.75))
    let six = try occupancy("8.9", 64, 32)
    #expect([six.limitWarps, six.limitRegisters, six.limitSharedMemory, six.limitBlocks] == [24, 32, 100, 24])
    #expect((six.blocks, six.fraction) == (24, 1))
    #expect(try occupancy("8.6", 64, 32).fraction == 2.0 / 3)
    let seven = try occupancy("3.7", 256, 64, dynamic: 20 << 10)
    #expect([seven.limitWarps, seven.limitRegisters, seven.limitSharedMemory] == [8, 8, 5])
    #expect((seven.blocks, seven.fraction) == (5, 0.625))
  }

  @Test(arguments: ["2.0", "2.1"])
  func `a Fermi multiprocessor holds 8 blocks, 48 warps, 1536 threads`(_ capability: String) throws {
    let limits = try MultiprocessorLimits.named(capability)
    #expect((limits.blocks, limits.warps, limits.threads) == (8, 48, 1536))
    #expect(try occupancy(capability, 32, 16).blocks == 8)
    #expect(try occupancy(capability, 192, 20).warps == 48)
  }

  @Test func `a block of 1024 threads is 32 warps of 32`() throws {
    #expect(BlockResources(threads: 1024, registersPerThread: 32).warps == 32)
    #expect(BlockResources(threads: 993, registersPerThread: 32).warps == 32)
    #expect(BlockResources(threads: 1, registersPerThread: 32).warps == 1)
    #expect(try occupancy("2.0", 1024, 20).warps == 32)
    #expect(try occupancy("9.0", 1024, 32).warps == 64)
    #expect(try occupancy("9.0", 1025, 32).blocks == 0)
  }

  /// 9 warps of 6,400 registers: 10 in two halves of the file are 64,000 and would fit, 12 in four quarters are 76,800.
  @Test func `GP100 refuses a block that its smaller kin could not run`() throws {
    #expect(try occupancy("6.0", 288, 200).blocks == 0)
    #expect(try occupancy("6.1", 288, 200).blocks == 0)
    var limits = try MultiprocessorLimits.named("6.0")
    limits.forwardPartitions = limits.partitions
    #expect(Occupancy(BlockResources(threads: 288, registersPerThread: 200), on: limits).blocks == 1)
  }

  @Test func `a carve-out is rounded up to a size there is, and to what a block needs`() throws {
    let small = try occupancy("8.0", 128, 32, dynamic: 10 << 10, carveout: 40 << 10)
    #expect(small.sharedMemoryPool == ByteCount(64 << 10) && small.limitSharedMemory == 5)
    let none = try occupancy("8.0", 128, 32, dynamic: 10 << 10, carveout: 0)
    #expect(none.sharedMemoryPool == ByteCount(16 << 10) && none.limitSharedMemory == 1)
    let much = try occupancy("8.0", 128, 32, dynamic: 10 << 10, carveout: 1 << 30)
    #expect(much == (try occupancy("8.0", 128, 32, dynamic: 10 << 10)))
    #expect(try occupancy("7.0", 128, 32, dynamic: 10 << 10, carveout: 0).limitSharedMemory == 1)
    // No choice there: shared memory is apart from the cache.
    #expect(try occupancy("6.1", 128, 32, dynamic: 10 << 10, carveout: 0).limitSharedMemory == 9)
  }

  @Test func `more than 48 KiB of shared memory must be asked for`() throws {
    #expect(try occupancy("9.0", 128, 32, dynamic: 48 << 10, optIn: false).blocks == 4)
    #expect(try occupancy("9.0", 128, 32, dynamic: 48 << 10 + 1, optIn: false).blocks == 0)
    #expect(try occupancy("9.0", 128, 32, dynamic: 227 << 10).blocks == 1)
    #expect(try occupancy("9.0", 128, 32, dynamic: 227 << 10 + 1).limiters == [.sharedMemory])
    #expect(try occupancy("6.0", 128, 32, dynamic: 48 << 10 + 1).blocks == 0)
  }

  @Test func `the allocator gives 256 registers where compilers use 255`() throws {
    #expect(try occupancy("6.1", 128, 256).blocks == 0)
    #expect(try occupancy("7.0", 128, 256).blocks == 2)
    #expect(try occupancy("7.0", 128, 257).blocks == 0)
    #expect(try occupancy("3.0", 128, 64).blocks == 0)
  }
}
