import ArgumentParser
import Cluster
import GPUModel
import Quantities
import WarpModel

/// A kernel's blocks on one multiprocessor, simulated warp by warp: one wave, with the longest loops extrapolated.
struct KernelWarps {
  private let estimate: KernelEstimate
  private let machine: SMMachine
  private let block: BlockProgram

  /// - Errors: a kernel of which there is no warp program, with those of which there is one.
  init(_ estimate: KernelEstimate) throws {
    self.estimate = estimate
    let gpu = estimate.gpu
    let active = min(gpu.multiprocessors, estimate.time.launchShape.blocks)
    do { machine = try SMMachine(gpu).whenActive(active, of: gpu.multiprocessors) } catch {
      throw Failure(code: .software, text: "\(error)").error
    }
    block = try KernelWarps.block(estimate, machine)
  }

  var text: String {
    let resident = max(1, min(resident, machine.limits.warps / block.warps))
    let run = SMSimulator(machine).run(block, resident: resident, blocks: resident)
    let equation = SteadyState(block, on: machine, resident: resident, blocks: resident)
    return SMReport.text(of: run, equation: equation)
  }

  /// As many blocks as fit, or as there are for each multiprocessor.
  private var resident: Int {
    let shape = estimate.time.launchShape
    let each = (shape.blocks + estimate.gpu.multiprocessors - 1) / estimate.gpu.multiprocessors
    return min(shape.blocksPerMultiprocessor, each)
  }

  private static func block(_ estimate: KernelEstimate, _ machine: SMMachine) throws -> BlockProgram {
    switch estimate.kernel {
    case .matmul(let product): return try block(product, estimate, machine)
    case .streaming(let kernel): return elementwise(kernel, estimate.time.launchShape.threadsPerBlock)
    case .rows(let rows):
      let threads = estimate.time.launchShape.threadsPerBlock
      guard rows.function != .softmax else {
        return WarpKernels.softmaxRow(columns: rows.columns, mapping: .parallel, threads: threads)
      }
      return WarpKernels.reduction(threads: threads, perThread: max(1, rows.columns / threads))
    case .attention:
      throw ValidationError(
        "--warps: fused attention has no warp program; matmul, elementwise functions, softmax and norms have.")
    }
  }

  private static func block(
    _ product: MatmulKernel, _ estimate: KernelEstimate, _ machine: SMMachine
  ) throws -> BlockProgram {
    let shape = estimate.time.launchShape
    let instruction = try estimate.gpu.multiplier(product.precision).0
    let tiles = Tile.library(instruction, batched: product.batch > 1, estimate.gpu.generation)
    let tile = tiles.first { $0.name == shape.tile }!
    let k = max(tile.k, product.k / shape.splitK)
    switch instruction {
    case .simt:
      return WarpKernels.simtMatmulTile(tm: tile.m, tn: tile.n, tk: tile.k, warps: tile.mathWarps, k: k)
    case .mma:
      return WarpKernels.mmaMatmulTile(
        tm: tile.m, tn: tile.n, tk: tile.k, warpsM: tile.warpsM, warpsN: tile.warpsN, stages: tile.stages, k: k,
        asyncCopies: machine.supportsAsyncCopy)
    case .wgmma:
      return WarpKernels.wgmmaMatmulTile(tm: tile.m, tn: tile.n, tk: tile.k, stages: tile.stages, k: k)
    case .tcgen05:
      return WarpKernels.tcgen05MatmulTile(tm: min(128, tile.m), tn: tile.n, tk: tile.k, stages: tile.stages, k: k)
    }
  }

  private static func elementwise(_ kernel: StreamingKernel, _ threads: Int) -> BlockProgram {
    let inputs = max(1, Int((Double(kernel.bytesRead) / Double(max(1, kernel.bytesWritten))).rounded()))
    return WarpKernels.elementwise(
      threads: threads, inputs: inputs, operations: max(1, kernel.operations / max(1, kernel.elements)),
      specials: kernel.specialFunctions / max(1, kernel.elements))
  }
}
