extension WarpKernels {
  /// Chains of dependent multiply-adds, `parallel` of them in each thread.
  ///
  /// - Cost: warps · parallel / latency instructions a clock, up to the pipe's rate (Little's law).
  package static func fmaChain(warps: Int, parallel: Int, length: Int = 256) -> BlockProgram {
    let body = written { code in
      for _ in 0..<8 { for chain in 0..<parallel { code.accumulate(chain, chain, chain) } }
    }
    return BlockProgram(
      "FMA chains x\(parallel)", warps: warps, WarpProgram(body: body, iterations: max(1, length / 8)),
      usefulFLOPs: 2 * 32 * warps * parallel * max(1, length / 8) * 8)
  }

  /// Exponentials, reciprocals, roots: `parallel` independent chains in each thread.
  package static func specialChain(warps: Int, parallel: Int, length: Int = 64) -> BlockProgram {
    let body = written { code in for chain in 0..<parallel { code.add(.special, to: chain, from: [chain]) } }
    return BlockProgram("special x\(parallel)", warps: warps, WarpProgram(body: body, iterations: length))
  }

  /// Each load needs the address that the one before it brought.
  package static func pointerChase(_ level: MemoryAccess.Level, warps: Int = 1, length: Int = 64) -> BlockProgram {
    let access = MemoryAccess.contiguous(level)
    let body = written { code in code.add(.load(access), to: 0, from: [0]) }
    return BlockProgram(
      "pointer chase \(level)", warps: warps, WarpProgram(body: body, iterations: length),
      usefulBytes: warps * length * 128)
  }

  /// Shared-memory reads at a stride of so many 4-byte words: stride 2 is a 2-way bank conflict, 32 a 32-way one.
  package static func sharedReads(stride: Int, warps: Int, length: Int = 64) -> BlockProgram {
    let access = MemoryAccess(.shared, .strided(4 * stride), size: 4)
    let body = written { code in for register in 0..<4 { code.load(access, to: register) } }
    return BlockProgram(
      "shared reads, stride \(stride)", warps: warps, WarpProgram(body: body, iterations: length),
      usefulBytes: warps * length * 4 * 128)
  }

  /// A branch with so many sides, lanes spread evenly over them: each side is issued under its own mask.
  package static func divergent(branches: Int, warps: Int, work: Int = 16, length: Int = 32) -> BlockProgram {
    precondition(branches > 0 && 32 % branches == 0, "\(branches) sides do not divide 32 lanes")
    var body: [Instruction] = []
    for side in 0..<branches {
      var mask: UInt32 = 0
      for lane in Swift.stride(from: side, to: 32, by: branches) { mask |= 1 << UInt32(lane) }
      for step in 0..<work { body.append(Instruction(.fma, to: step % 4, from: [step % 4], mask: mask)) }
    }
    return BlockProgram(
      "branch with \(branches) sides", warps: warps, WarpProgram(body: body, iterations: length),
      usefulFLOPs: 2 * 32 * warps * work * length)
  }

  /// A 32x32 tile of 4-byte values written along rows of shared memory and read along columns; a padded row has 33.
  package static func sharedTranspose(padded: Bool, warps: Int = 8) -> BlockProgram {
    let pitch = padded ? 33 * 4 : 32 * 4
    let rows = 32 / warps
    let code = written { code in
      code.addresses(3, in: 40)
      for row in 0..<rows { code.load(.contiguous(.dram), to: row) }
      for row in 0..<rows { code.store(.contiguous(.shared), from: row) }
      code.add(.barrier)
      for row in 0..<rows { code.load(MemoryAccess(.shared, .strided(pitch), size: 4), to: row) }
      for row in 0..<rows { code.store(.contiguous(.dram), from: row) }
    }
    var block = BlockProgram(
      "transpose, \(padded ? "padded" : "not padded")", warps: warps, WarpProgram(body: code, iterations: 1),
      usefulBytes: 2 * 32 * 32 * 4)
    block.sharedMemory = 32 * pitch
    return block
  }
}
