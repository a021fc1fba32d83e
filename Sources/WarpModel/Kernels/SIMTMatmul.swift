extension WarpKernels {
  /// A tile of a matrix product on the FMA pipes: an a × c register tile a thread, fragments by 16-byte reads of shared
  /// memory one step ahead, the next tile's operands in flight from global memory (two buffers, one barrier a tile).
  ///
  ///     C[tm, tn] += A[tm, k] · B[k, tn], fp32
  ///
  /// - Cost: a·c FMA to (a + c)/4 shared loads a step and warp (gpu-model.md §2.2, e_issue).
  /// - Parameter dramShare: bytes of the operands that L2 does not hold.
  package static func simtMatmulTile(
    tm: Int, tn: Int, tk: Int = 8, warps: Int = 8, k: Int, dramShare: Double = 0.2
  ) -> BlockProgram {
    let tile = SIMTTile(tm: tm, tn: tn, tk: tk, warps: warps, dramShare: dramShare)
    var block = BlockProgram(
      "SIMT tile \(tm)x\(tn)x\(tk)", warps: warps,
      WarpProgram(
        prologue: tile.prologue, body: tile.body, iterations: max(1, k / tk),
        epilogue: stores(tile.accumulators / 4, from: 0, size: 16)),
      usefulFLOPs: 2 * tm * tn * k)
    block.registersPerThread = tile.accumulators + 2 * (tile.rows + tile.columns) + 4 * tile.globalLoads + 20
    block.sharedMemory = 2 * (tm + tn) * tk * 4
    return block
  }
}

private struct SIMTTile {
  var tm, tn, tk, warps: Int
  var dramShare: Double

  var accumulators: Int { tm * tn / (32 * warps) }
  /// The thread's tile, as square as powers of two allow, in multiples of four.
  var rows: Int { accumulators >= 64 ? 8 : 4 }
  var columns: Int { max(4, accumulators / rows) }
  /// 16-byte loads a thread to fetch both operands' tiles.
  var globalLoads: Int { max(1, (tm + tn) * tk * 4 / (32 * warps * 16)) }

  private func fragment(_ buffer: Int, _ index: Int) -> Int { 140 + buffer * 16 + index }
  private var staging: Int { 180 }

  var prologue: [Instruction] {
    written { code in
      code.addresses(8, in: 200)
      fetch(&code)
      publish(&code)
      readFragments(&code, 0)
    }
  }

  var body: [Instruction] {
    written { code in
      for step in 0..<tk {
        if step == tk - 1 { publish(&code) }
        let loads = written { code in
          if step == 0 { fetch(&code) }
          readFragments(&code, (step + 1) % 2)
        }
        code.interleave(written { multiply(&$0, step % 2) }, with: loads)
      }
      code.loopControl(in: 200)
    }
  }

  private func fetch(_ code: inout WarpCode) {
    let rows = AddressPattern.rows(pitch: 16_384, columns: max(1, tk * 4 / 16))
    let access = MemoryAccess(.dram(share: dramShare), rows, size: 16)
    for index in 0..<globalLoads { code.load(access, to: staging + index) }
  }

  private func publish(_ code: inout WarpCode) {
    for index in 0..<globalLoads { code.store(.contiguous(.shared, size: 16), from: staging + index) }
    code.add(.barrier)
  }

  /// Lanes lie 4 × 8 over the warp's tile: those of one row share A's fragment, those of one column B's.
  private func readFragments(_ code: inout WarpCode, _ buffer: Int) {
    let a = MemoryAccess(.shared, .lanes((0..<32).map { $0 / 8 * 16 }), size: 16)
    let b = MemoryAccess(.shared, .lanes((0..<32).map { $0 % 8 * 16 }), size: 16)
    for index in 0..<rows / 4 { code.load(a, to: fragment(buffer, index)) }
    for index in 0..<columns / 4 { code.load(b, to: fragment(buffer, 8 + index)) }
  }

  private func multiply(_ code: inout WarpCode, _ buffer: Int) {
    for row in 0..<rows {
      for column in 0..<columns {
        code.accumulate(row * columns + column, fragment(buffer, row / 4), fragment(buffer, 8 + column / 4))
      }
    }
  }
}
