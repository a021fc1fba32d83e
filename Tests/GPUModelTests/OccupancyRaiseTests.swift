import Cluster
import GPUModel
import Quantities
import Testing

@Suite struct OccupancyRaiseTests {
  private static let limits = try! MultiprocessorLimits.builtIn().values.sorted { $0.capability < $1.capability }
  private static let blocks = [1, 32, 96, 160, 256, 384, 768, 1024].flatMap { threads in
    [0, 21, 33, 64, 100, 200, 255].flatMap { registers in
      [0, 1000, 12_345, 49_152, 150_000].map { bytes in
        BlockResources(
          threads: threads, registersPerThread: registers, staticSharedMemory: ByteCount(bytes / 3),
          dynamicSharedMemory: ByteCount(bytes - bytes / 3))
      }
    }
  }

  @Test(arguments: limits)
  func `less of a block lets in more of them, and a register or a byte more does not`(_ limits: MultiprocessorLimits) {
    for block in Self.blocks {
      let before = Occupancy(block, on: limits)
      guard let raise = before.raisedByLess(than: block, on: limits) else {
        #expect(before.limitWarps == before.blocks || before.limitBlocks == before.blocks, "\(block)")
        continue
      }
      #expect(raise.occupancy == Occupancy(raise.block, on: limits) && raise.occupancy.blocks > before.blocks)
      #expect(raise.block.threads == block.threads && raise.block != block)
      for more in neighbours(raise.block, towards: block) {
        #expect(Occupancy(more, on: limits).blocks <= before.blocks, "\(limits.capability) \(block) \(more)")
      }
    }
  }

  /// One register, or one byte, back towards what it was.
  private func neighbours(_ less: BlockResources, towards block: BlockResources) -> [BlockResources] {
    var (registers, memory) = (less, less)
    registers.registersPerThread += 1
    memory.dynamicSharedMemory += ByteCount(1)
    return (less.registersPerThread < block.registersPerThread ? [registers] : [])
      + (less.sharedMemory < block.sharedMemory ? [memory] : [])
  }

  @Test(arguments: limits)
  func `another size is proposed where one has more warps, and none has more than it`(_ limits: MultiprocessorLimits) {
    for block in Self.blocks {
      let before = Occupancy(block, on: limits)
      let most = Occupancy.sizes(of: block, on: limits).map(\.occupancy.warps).max()!
      let raise = before.raisedByAnotherSize(than: block, on: limits)
      #expect((raise?.occupancy.warps ?? before.warps) == max(most, before.warps))
      #expect(raise.map { $0.occupancy == Occupancy($0.block, on: limits) } ?? true)
    }
  }

  @Test func `all sizes are whole warps up to 1024 threads`() {
    let sizes = Occupancy.sizes(of: BlockResources(threads: 100, registersPerThread: 32), on: Self.limits[0])
    #expect(sizes.map(\.block.threads) == Array(stride(from: 32, through: 1024, by: 32)))
    #expect(sizes.allSatisfy { $0.block.registersPerThread == 32 })
  }
}
