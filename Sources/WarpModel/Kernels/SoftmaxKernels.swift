extension WarpKernels {
  /// How a row of a softmax is spread over threads.
  package enum RowMapping: String, Hashable, Sendable, CaseIterable {
    /// One block a row: values stay in registers, max and sum go through shuffles and shared memory.
    case parallel
    /// One thread a row: three loops over it, lanes a row apart.
    case serial
  }

  /// Softmax over rows of `columns` 4-byte values.
  ///
  /// - Cost: parallel, 8 bytes a value; serial, 32 sectors a load, of which 7 in 8 columns find theirs in L1, three reads.
  package static func softmaxRow(columns: Int, mapping: RowMapping, threads: Int = 256) -> BlockProgram {
    switch mapping {
    case .parallel: parallelSoftmax(columns, threads)
    case .serial: serialSoftmax(columns, threads)
    }
  }

  private static func parallelSoftmax(_ columns: Int, _ threads: Int) -> BlockProgram {
    let vectors = max(1, columns / (threads * 4))
    let access = MemoryAccess.contiguous(.dram, size: 16)
    let code = written { code in
      code.addresses(4, in: 60)
      for vector in 0..<vectors { code.add(.load(access), to: 100 + vector, from: [60]) }
      for value in 0..<4 * vectors { code.accumulate(0, 100 + value / 4, 0) }
      treeReduce(&code, 0, across: threads / 32)
      for value in 0..<4 * vectors { exponential(&code, 61 + value % 32, of: 100 + value / 4, minus: 0) }
      for value in 0..<4 * vectors { code.accumulate(1, 61 + value % 32, 1) }
      treeReduce(&code, 1, across: threads / 32)
      code.add(.special, to: 2, from: [1])
      for value in 0..<4 * vectors { code.add(.fma, to: 100 + value / 4, from: [61 + value % 32, 2]) }
      for vector in 0..<vectors { code.store(access, from: 100 + vector) }
    }
    var block = BlockProgram(
      "softmax of \(columns), parallel", warps: threads / 32, WarpProgram(body: code, iterations: 1),
      usefulBytes: 8 * columns)
    block.sharedMemory = 256
    return block
  }

  private static func exponential(_ code: inout WarpCode, _ to: Int, of value: Int, minus maximum: Int) {
    code.add(.fma, to: to, from: [value, maximum])
    code.add(.special, to: to, from: [to])
  }

  private static func serialSoftmax(_ columns: Int, _ threads: Int) -> BlockProgram {
    let pass = MemoryAccess(.dram, .strided(4 * columns), size: 4)
    let hit = MemoryAccess(.l1, .strided(4 * columns), size: 4)
    // Eight neighbouring columns of a row are one sector; L2 puts its eight partial writes together.
    let store = MemoryAccess(.dram(share: 1 / 8), .strided(4 * columns), size: 4)
    let max = written { code in eightColumns(&code, pass, hit) { $0.accumulate(0, $1, 0) } }
    let sum = written { code in
      eightColumns(&code, pass, hit) { code, register in
        exponential(&code, register, of: register, minus: 0)
        code.accumulate(1, register, 1)
      }
    }
    let scale = written { code in
      eightColumns(&code, pass, hit) { code, register in
        exponential(&code, register, of: register, minus: 0)
        code.add(.fma, to: register, from: [register, 1])
        code.store(store, from: register)
      }
    }
    let sections = [max, sum, scale].map { WarpProgram.Section($0, iterations: columns / 8) }
    return BlockProgram(
      "softmax of \(columns), one thread a row", warps: threads / 32, WarpProgram(sections),
      usefulBytes: 8 * columns * threads)
  }

  private static func eightColumns(
    _ code: inout WarpCode, _ first: MemoryAccess, _ rest: MemoryAccess, _ each: (inout WarpCode, Int) -> Void
  ) {
    // Unrolled four times, as compilers do. The sector of all eight is on its way until the first load is done.
    for half in 0..<2 {
      for column in 0..<4 {
        let isFirst = half + column == 0
        code.add(.load(isFirst ? first : rest), to: 10 + column, from: isFirst ? [] : [half == 0 ? 10 : 60])
      }
      for column in 0..<4 { each(&code, 10 + column) }
      code.loopControl(in: 60)
    }
  }
}
