/// One instruction of a warp: what it does, the registers that order it, and the lanes for which it counts.
///
/// Registers are the scoreboard's names, not storage: an instruction waits for the last writer of each source and of its
/// own destination.
package struct Instruction: Hashable, Sendable {
  package var operation: Operation
  package var destination: Int?
  package var sources: [Int]
  /// Lanes under which it is issued; a diverged warp issues each side under its own mask.
  package var mask: UInt32

  package init(_ operation: Operation, to destination: Int? = nil, from sources: [Int] = [], mask: UInt32 = .max) {
    (self.operation, self.destination, self.sources, self.mask) = (operation, destination, sources, mask)
  }

  package enum Operation: Hashable, Sendable {
    /// fp32 arithmetic; integer and logic; exp, reciprocal, square root; a value from another lane.
    case fma, integer, special, shuffle
    /// mma.sync: so many FLOPs of the 16-bit kind on the scheduler's own tensor core.
    case mma(flops: Int)
    case load(MemoryAccess)
    case store(MemoryAccess)
    /// cp.async: global to shared memory, counted in the open group; then close the group; then wait until at most so many
    /// closed groups are in flight.
    case copyAsync(MemoryAccess)
    case commitCopies
    case waitCopies(pending: Int)
    /// A bulk copy by the copy engine (TMA): completes one phase of a block-wide barrier when its bytes have arrived.
    case bulkCopy(bytes: Int, dramShare: Double, barrier: Int)
    /// An asynchronous product (wgmma, tcgen05) that reads its operands from shared memory.
    case mmaAsync(flops: Int, sharedBytes: Int, span: TensorSpan)
    case waitMMA(pending: Int)
    /// __syncthreads of the block.
    case barrier
    /// Arrive at a block-wide barrier when this warp's closed asynchronous products, all but `pending`, are done.
    case arrive(Int, pending: Int)
    /// Wait for the next phase of a barrier; the first `credit` waits pass.
    case wait(Int, credit: Int)
  }

  /// One warp's quarter on its own tensor core, or one instruction for all cores of the SM.
  package enum TensorSpan: Hashable, Sendable { case scheduler, multiprocessor }
}

/// What a load or store touches.
package struct MemoryAccess: Hashable, Sendable {
  package enum Level: Hashable, Sendable {
    case shared, l1, l2
    /// Through L2: the share of the bytes that L2 does not hold.
    case dram(share: Double)
  }

  package var level: Level
  package var pattern: AddressPattern
  /// Bytes a lane: 1, 2, 4, 8 or 16.
  package var size: Int

  package init(_ level: Level, _ pattern: AddressPattern, size: Int) {
    (self.level, self.pattern, self.size) = (level, pattern, size)
  }

  /// Lanes side by side: what coalesces, and what has no bank conflicts.
  package static func contiguous(_ level: Level, size: Int = 4) -> MemoryAccess {
    MemoryAccess(level, .strided(size), size: size)
  }
}

extension MemoryAccess.Level {
  package static let dram = MemoryAccess.Level.dram(share: 1)
}
