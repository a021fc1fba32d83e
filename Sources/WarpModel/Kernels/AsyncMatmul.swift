extension WarpKernels {
  /// A tile of a matrix product by asynchronous products (wgmma): a producer warp keeps `stages` tiles on their way by
  /// bulk copies; groups of four consumer warps multiply 64 rows each, one tile in flight behind the one being issued.
  ///
  ///     C[tm, tn] += A[tm, k] · B[k, tn], 16-bit operands
  ///
  /// - Cost: shared memory (⌈tm/64⌉·(64 + tn) + (tm + tn)·write share)·2 bytes a column of A (gpu-model.md §2.2, smem).
  package static func wgmmaMatmulTile(
    tm: Int, tn: Int, tk: Int = 64, stages: Int = 4, k: Int, dramShare: Double = 0.2
  ) -> BlockProgram {
    let groups = max(1, tm / 64)
    let iterations = max(1, k / tk)
    let consumer = written { code in
      code.add(.wait(0, credit: 0))
      for _ in 0..<tk / 16 {
        code.add(.mmaAsync(flops: 2 * 16 * tn * 16, sharedBytes: (64 + tn) * 16 * 2 / 4, span: .scheduler))
      }
      code.add(.waitMMA(pending: tk / 16))
      // This frees the tile before: the first arrival frees nothing, so the producer starts with one credit less.
      code.add(.arrive(1, pending: tk / 16))
      code.loopControl(in: 10)
    }
    let epilogue = [Instruction(.waitMMA(pending: 0))] + stores(64 * tn * 2 / (4 * 512), from: 0, size: 16)
    var block = BlockProgram(
      "wgmma tile \(tm)x\(tn)x\(tk)",
      roles: [
        .init("consumer", warps: 4 * groups, WarpProgram(body: consumer, iterations: iterations, epilogue: epilogue)),
        .init("producer", warps: 1, producer((tm + tn) * tk * 2, dramShare, stages - 1, iterations)),
      ], barrierArrivals: [1, 4 * groups], usefulFLOPs: 2 * tm * tn * k)
    block.registersPerThread = 168
    block.sharedMemory = stages * (tm + tn) * tk * 2
    return block
  }

  /// The same by tcgen05: one warp issues products for all tensor cores of the SM, results stay in tensor memory until four
  /// warps store them.
  ///
  /// Two SMs compute as a pair: each holds its rows of A, and half of B for both.
  ///
  /// - Cost: shared memory (tm + tn/2)·2 bytes a column of A.
  package static func tcgen05MatmulTile(
    tm: Int = 128, tn: Int, tk: Int = 64, stages: Int = 4, k: Int, dramShare: Double = 0.2
  ) -> BlockProgram {
    let iterations = max(1, k / tk)
    let issuer = written { code in
      code.add(.wait(0, credit: 0))
      for _ in 0..<tk / 16 {
        code.add(.mmaAsync(flops: 2 * tm * tn * 16, sharedBytes: (tm + tn / 2) * 16 * 2, span: .multiprocessor))
      }
      code.add(.arrive(1, pending: 0))
      code.loopControl(in: 10)
    }
    let epilogue = [Instruction(.wait(2, credit: 0))] + stores(tm * tn * 2 / (4 * 512), from: 0, size: 16)
    var block = BlockProgram(
      "tcgen05 tile \(tm)x\(tn)x\(tk)",
      roles: [
        .init("epilogue", warps: 4, WarpProgram(body: epilogue, iterations: 1)),
        .init("producer", warps: 1, producer((tm + tn / 2) * tk * 2, dramShare, stages, iterations)),
        .init(
          "issuer", warps: 1,
          WarpProgram(body: issuer, iterations: iterations, epilogue: [Instruction(.arrive(2, pending: 0))])),
      ], barrierArrivals: [1, 1, 1], usefulFLOPs: 2 * tm * tn * k)
    block.registersPerThread = 128
    block.sharedMemory = stages * (tm + tn / 2) * tk * 2
    return block
  }

  private static func producer(_ bytes: Int, _ share: Double, _ credit: Int, _ iterations: Int) -> WarpProgram {
    let body = written { code in
      code.add(.wait(1, credit: credit))
      code.add(.bulkCopy(bytes: bytes, dramShare: share, barrier: 0))
      code.loopControl(in: 10)
    }
    return WarpProgram(body: body, iterations: iterations)
  }
}
