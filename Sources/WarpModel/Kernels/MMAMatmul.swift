extension WarpKernels {
  /// A tile of a matrix product on the tensor cores by mma.sync m16n8k16: ldmatrix one step ahead, `stages` tiles in
  /// shared memory, brought by cp.async or, before compute capability 8.0, through registers.
  ///
  ///     C[tm, tn] += A[tm, k] · B[k, tn], 16-bit operands
  ///
  /// - Cost: tensor cores 2·tm·tn FLOPs a column of A; shared memory (wm·wn·(tm/wm + tn/wn) + tm + tn)·2 bytes
  ///   (gpu-model.md §2.2, smem).
  package static func mmaMatmulTile(
    tm: Int, tn: Int, tk: Int = 32, warpsM: Int = 2, warpsN: Int = 2, stages: Int = 3, k: Int, dramShare: Double = 0.2,
    asyncCopies: Bool = true
  ) -> BlockProgram {
    let tile = MMATile(
      tm: tm, tn: tn, tk: tk, warpsM: warpsM, warpsN: warpsN, stages: stages, dramShare: dramShare,
      asyncCopies: asyncCopies)
    var block = BlockProgram(
      "mma.sync tile \(tm)x\(tn)x\(tk)", warps: warpsM * warpsN,
      WarpProgram(
        prologue: tile.prologue, body: tile.body, iterations: max(1, k / tk),
        epilogue: stores(max(1, tm * tn * 2 / (tile.warps * 512)), from: 0, size: 16)),
      usefulFLOPs: 2 * tm * tn * k)
    block.registersPerThread = min(255, tm * tn / (32 * tile.warps) + 70)
    block.sharedMemory = (asyncCopies ? stages : 2) * (tm + tn) * tk * 2
    return block
  }
}

private struct MMATile {
  static let flops = 2 * 16 * 8 * 16
  var tm, tn, tk, warpsM, warpsN, stages: Int
  var dramShare: Double
  var asyncCopies: Bool

  var warps: Int { warpsM * warpsN }
  private var rows: Int { tm / warpsM / 16 }
  private var columns: Int { tn / warpsN / 8 }
  private var steps: Int { tk / 16 }
  /// Vectors of 16 bytes a thread to fetch both operands' tiles.
  private var copies: Int { max(1, (tm + tn) * tk * 2 / (warps * 512)) }
  private func fragment(_ buffer: Int, _ index: Int) -> Int { 140 + buffer * 24 + index }
  private var staging: Int { 190 }

  var prologue: [Instruction] {
    written { code in
      code.addresses(8, in: 250)
      for _ in 0..<(asyncCopies ? stages - 1 : 1) { fetch(&code) }
      publish(&code)
      if !asyncCopies { fetch(&code) }
      readFragments(&code, 0)
    }
  }

  var body: [Instruction] {
    written { code in
      for step in 0..<steps {
        if step == steps - 1 { publish(&code) }
        let loads = written { code in
          // Registers are free as soon as they have been published; a stage is free after the step that begins a tile.
          if step == (asyncCopies ? 0 : steps - 1) { fetch(&code) }
          readFragments(&code, (step + 1) % 2)
        }
        code.interleave(written { multiply(&$0, step % 2) }, with: loads)
      }
      code.loopControl(in: 250)
    }
  }

  private func fetch(_ code: inout WarpCode) {
    let access = MemoryAccess(.dram(share: dramShare), .rows(pitch: 16_384, columns: max(1, tk * 2 / 16)), size: 16)
    for index in 0..<copies {
      if asyncCopies { code.add(.copyAsync(access)) } else { code.load(access, to: staging + index) }
    }
    if asyncCopies { code.add(.commitCopies) }
  }

  /// The next tile is in shared memory, for all warps.
  private func publish(_ code: inout WarpCode) {
    if asyncCopies {
      code.add(.waitCopies(pending: max(0, stages - 2)))
    } else {
      for index in 0..<copies { code.store(.contiguous(.shared, size: 16), from: staging + index) }
    }
    code.add(.barrier)
  }

  /// ldmatrix.x4: four 8x8 matrices, 512 bytes.
  private func readFragments(_ code: inout WarpCode, _ buffer: Int) {
    let matrices = MemoryAccess.contiguous(.shared, size: 16)
    for index in 0..<rows + max(1, columns / 2) { code.load(matrices, to: fragment(buffer, index)) }
  }

  private func multiply(_ code: inout WarpCode, _ buffer: Int) {
    for row in 0..<rows {
      for column in 0..<columns {
        let accumulator = row * columns + column
        let sources = [fragment(buffer, row), fragment(buffer, rows + column / 2), accumulator]
        code.add(.mma(flops: Self.flops), to: accumulator, from: sources)
      }
    }
  }
}
