extension WarpKernels {
  /// y = f(x₁, …): every thread loads `size` bytes of each input, computes, and stores `size` bytes.
  ///
  /// - Cost: (inputs + 1) · size bytes a thread from and to DRAM.
  package static func elementwise(
    threads: Int = 256, size: Int = 16, inputs: Int = 1, operations: Int = 4, specials: Int = 0
  ) -> BlockProgram {
    let values = max(1, size / 4)
    let code = written { code in
      code.addresses(4, in: 60)
      for input in 0..<inputs { code.add(.load(.contiguous(.dram, size: size)), to: 30 + input, from: [60]) }
      for value in 0..<values {
        for step in 0..<operations { code.accumulate(value, 30 + step % inputs, 30) }
        for _ in 0..<specials { code.add(.special, to: value, from: [value, 30]) }
      }
      code.add(.store(.contiguous(.dram, size: size)), from: [0, values - 1])
    }
    return BlockProgram(
      "elementwise \(inputs)r1w, \(size) B", warps: threads / 32, WarpProgram(body: code, iterations: 1),
      usefulFLOPs: 2 * threads * values * operations, usefulBytes: (inputs + 1) * size * threads)
  }

  /// Copies 4-byte values that lie `stride` values apart: stride 1 is coalesced, from 8 on every lane has its own sector.
  package static func stridedCopy(stride: Int, threads: Int = 256, each: Int = 4) -> BlockProgram {
    let access = MemoryAccess(.dram, .strided(4 * stride), size: 4)
    let code = written { code in
      code.addresses(3, in: 60)
      for index in 0..<each { code.add(.load(access), to: index, from: [60]) }
      for index in 0..<each { code.store(access, from: index) }
    }
    return BlockProgram(
      "copy, stride \(stride)", warps: threads / 32, WarpProgram(body: code, iterations: 1),
      usefulBytes: 2 * 4 * threads * each)
  }

  /// The sum of `perThread` values a thread: a strided loop of `unroll` loads, then shuffles, then shared memory.
  package static func reduction(
    threads: Int = 256, perThread: Int = 64, size: Int = 16, unroll: Int = 4, level: MemoryAccess.Level = .dram
  ) -> BlockProgram {
    let values = max(1, size / 4)
    let loads = max(1, perThread / values)
    let body = written { code in
      for index in 0..<unroll { code.add(.load(.contiguous(level, size: size)), to: 10 + index) }
      for index in 0..<unroll { for value in 0..<values { code.accumulate(value, 10 + index, 10 + index) } }
      code.loopControl(in: 60)
    }
    let epilogue = written { code in
      for value in 1..<max(2, values) { code.accumulate(0, value, value) }
      treeReduce(&code, 0, across: threads / 32)
      code.store(MemoryAccess(level, .strided(0), size: 4), from: 0)
    }
    return BlockProgram(
      "reduction", warps: threads / 32,
      WarpProgram(body: body, iterations: max(1, loads / unroll), epilogue: epilogue),
      usefulFLOPs: threads * perThread, usefulBytes: 4 * threads * perThread)
  }

  /// Combines one register over a block: five shuffles a warp, one value a warp through shared memory, five more.
  static func treeReduce(_ code: inout WarpCode, _ register: Int, across warps: Int) {
    shuffles(&code, register)
    guard warps > 1 else { return }
    code.store(MemoryAccess(.shared, .strided(0), size: 4), from: register)
    code.add(.barrier)
    code.load(.contiguous(.shared), to: register)
    shuffles(&code, register)
  }

  private static func shuffles(_ code: inout WarpCode, _ register: Int) {
    for _ in 0..<5 {
      code.add(.shuffle, to: 50, from: [register])
      code.accumulate(register, 50, 50)
    }
  }
}
