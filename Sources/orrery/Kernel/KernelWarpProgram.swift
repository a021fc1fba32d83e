import ArgumentParser
import Cluster
import GPUModel
import Quantities
import WarpModel

/// The warp program of one block of a kernel, its name saying what it leaves out.
struct KernelWarpProgram {
  let block: BlockProgram

  /// - Errors: a kernel of which there is no warp program, with the way out.
  init(_ estimate: KernelEstimate, _ machine: SMMachine) throws {
    let shape = estimate.time.launchShape
    switch estimate.kernel {
    case .matmul(let product): block = try Self.tile(product, estimate, machine)
    case .streaming(let kernel): block = Self.streaming(kernel, shape)
    case .rows(let rows): block = try Self.row(rows, threads: shape.threadsPerBlock)
    case .attention:
      throw ValidationError(
        "--warps: fused attention has no warp program; matmul, elementwise functions, softmax and norms have.")
    }
  }
}

extension KernelWarpProgram {
  private static func tile(
    _ product: MatmulKernel, _ estimate: KernelEstimate, _ machine: SMMachine
  ) throws -> BlockProgram {
    let shape = estimate.time.launchShape
    let instruction = try estimate.gpu.multiplier(product.precision).0
    try require(product.precision, estimate.gpu)
    let tiles = Tile.library(instruction, batched: product.batch > 1, estimate.gpu.generation)
    var tile = tiles.first { $0.name == shape.tile }!
    tile.stages = shape.stages
    return program(tile, k: max(tile.k, product.k / shape.splitK), machine)
  }

  /// Tiles' operands have 2 bytes on tensor cores, and 4 on CUDA cores.
  private static func require(_ precision: MathPrecision, _ gpu: GPU) throws {
    let simulated: [MathPrecision] = gpu.supportsTensorCores ? [.bf16, .fp16, .fp32] : [.fp32]
    guard !simulated.contains(precision) else { return }
    let known = simulated.filter { gpu.matmulRates[$0] != nil }.map(\.rawValue)
    throw ValidationError(
      "--warps: products in \(precision.rawValue) have no warp program: it is of 16 bits on tensor cores, and of fp32 on "
        + "CUDA cores; choose --precision \(known.joined(separator: " or ")).")
  }

  private static func program(_ tile: Tile, k: Int, _ machine: SMMachine) -> BlockProgram {
    switch tile.instruction {
    case .simt:
      return WarpKernels.simtMatmulTile(tm: tile.m, tn: tile.n, tk: tile.k, warps: tile.mathWarps, k: k)
    case .mma:
      return WarpKernels.mmaMatmulTile(
        tm: tile.m, tn: tile.n, tk: tile.k, warpsM: tile.warpsM, warpsN: tile.warpsN, stages: tile.stages, k: k,
        asyncCopies: machine.supportsAsyncCopy)
    case .wgmma:
      return WarpKernels.wgmmaMatmulTile(tm: tile.m, tn: tile.n, tk: tile.k, stages: tile.stages, k: k)
    case .tcgen05: return pair(tile, k: k)
    }
  }

  /// Two SMs compute a tile of 256 rows together.
  private static func pair(_ tile: Tile, k: Int) -> BlockProgram {
    var block = WarpKernels.tcgen05MatmulTile(
      tm: min(128, tile.m), tn: tile.n, tk: tile.k, stages: tile.stages, k: k)
    if tile.m > 128 { block.name = "tcgen05 tile \(tile.name), of which each SM of a pair computes 128 rows," }
    return block
  }
}

extension KernelWarpProgram {
  /// 4-byte values that a thread keeps of a row: a thread has 255 registers at most.
  private static let valuesPerThread = 128

  private static func row(_ rows: RowKernel, threads: Int) throws -> BlockProgram {
    switch rows.function {
    case .softmax: return try softmax(rows.columns, threads)
    case .layerNorm, .rmsNorm:
      var block = WarpKernels.reduction(threads: threads, perThread: max(1, rows.columns / threads))
      block.name =
        "reduction of one row of \(rows.columns) 4-byte values, \(rows.function.rawValue)'s first pass alone,"
      return block
    case .softmaxBackward, .layerNormBackward, .rmsNormBackward, .crossEntropy, .crossEntropyBackward:
      throw ValidationError(
        "--warps: \(rows.function.rawValue) has no warp program; of the functions of rows, softmax, layernorm and rmsnorm "
          + "have one.")
    }
  }

  private static func softmax(_ columns: Int, _ threads: Int) throws -> BlockProgram {
    let most = valuesPerThread * threads
    guard columns <= most else {
      throw ValidationError(
        "--warps: the simulated softmax keeps its row in registers, and \(threads) threads have room for \(grouped(most)) "
          + "values, not \(grouped(columns)); choose fewer columns.")
    }
    var block = WarpKernels.softmaxRow(columns: columns, mapping: .parallel, threads: threads)
    block.name = "softmax of one row of \(columns) 4-byte values in registers"
    return block
  }
}

extension KernelWarpProgram {
  /// A kernel that reads much more than it writes sums up.
  private static func streaming(_ kernel: StreamingKernel, _ shape: LaunchShape) -> BlockProgram {
    kernel.bytesRead > 8 * kernel.bytesWritten ? sum(kernel, shape) : elementwise(kernel, shape.threadsPerBlock)
  }

  private static func sum(_ kernel: StreamingKernel, _ shape: LaunchShape) -> BlockProgram {
    let each = max(4, kernel.bytesRead / 4 / (shape.blocks * shape.threadsPerBlock))
    return WarpKernels.reduction(threads: shape.threadsPerBlock, perThread: each, unroll: min(4, each / 4))
  }

  /// Arithmetic goes by the bytes written, 4 at a time: narrow values come in pairs.
  private static func elementwise(_ kernel: StreamingKernel, _ threads: Int) -> BlockProgram {
    let written = max(1, kernel.bytesWritten)
    let inputs = min(4, (kernel.bytesRead + written / 2) / written)
    return WarpKernels.elementwise(
      threads: threads, inputs: inputs, operations: inputs == 0 ? 0 : max(1, 4 * kernel.operations / written),
      specials: 4 * kernel.specialFunctions / written)
  }
}
