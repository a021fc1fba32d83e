extension WarpKernels {
  /// C = A · B with one value of C a thread and no reuse that the programmer asks for.
  ///
  /// - Cost: 8 bytes asked of global memory for every multiply-add.
  /// - Parameter level: where operands are found; the textbook has no caches.
  package static func naiveMatmul(
    k: Int, threads: Int = 1024, level: MemoryAccess.Level = .l2, unroll: Int = 4
  ) -> BlockProgram {
    let body = written { code in
      for step in 0..<unroll {
        code.load(MemoryAccess(level, .strided(0), size: 4), to: 10 + step)
        code.load(.contiguous(level), to: 20 + step)
      }
      for step in 0..<unroll { code.accumulate(0, 10 + step, 20 + step) }
      code.loopControl(in: 60)
    }
    return BlockProgram(
      "naive matrix product", warps: threads / 32,
      WarpProgram(body: body, iterations: max(1, k / unroll), epilogue: stores(1, from: 0)),
      usefulFLOPs: 2 * threads * k)
  }

  /// C = A · B with square tiles of both operands in shared memory, one value of C a thread.
  ///
  /// - Cost: 8 / tile bytes asked of global memory for every multiply-add; two barriers a tile.
  package static func tiledMatmul(k: Int, tile: Int, level: MemoryAccess.Level = .l2) -> BlockProgram {
    precondition([8, 16, 32].contains(tile), "a tile of \(tile) is no whole number of warps' rows")
    let row = MemoryAccess(level, .rows(pitch: 4 * k, columns: tile), size: 4)
    // Lanes of one row of C share A's value; lanes of one column share B's.
    let a = MemoryAccess(.shared, .lanes((0..<32).map { $0 / tile * 4 * tile }), size: 4)
    let b = MemoryAccess(.shared, .lanes((0..<32).map { $0 % tile * 4 }), size: 4)
    let body = written { code in
      for operand in 0..<2 { code.load(row, to: 10 + operand) }
      for operand in 0..<2 { code.store(.contiguous(.shared), from: 10 + operand) }
      code.add(.barrier)
      for step in 0..<tile {
        code.load(a, to: 20 + step % 8)
        code.load(b, to: 30 + step % 8)
        if step >= 4 { code.accumulate(0, 20 + (step - 4) % 8, 30 + (step - 4) % 8) }
      }
      for step in tile - 4..<tile { code.accumulate(0, 20 + step % 8, 30 + step % 8) }
      code.add(.barrier)
      code.loopControl(in: 60)
    }
    var block = BlockProgram(
      "matrix product, \(tile)x\(tile) tiles", warps: tile * tile / 32,
      WarpProgram(body: body, iterations: max(1, k / tile), epilogue: stores(1, from: 0)),
      usefulFLOPs: 2 * tile * tile * k)
    block.sharedMemory = 2 * tile * tile * 4
    return block
  }

  /// Vectors of 4 bytes a lane to DRAM.
  static func stores(_ count: Int, from register: Int, size: Int = 4) -> [Instruction] {
    written { code in for _ in 0..<count { code.store(.contiguous(.dram, size: size), from: register) } }
  }
}
