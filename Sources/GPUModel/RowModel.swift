package import Cluster
import Foundation
import Quantities

/// Time of softmax, norms and losses: one block a row, which passes over the row once, or several times where the row does not fit
/// into registers; a later pass reads L2, or DRAM again where the rows in flight outgrow L2.
///
///     reads = 1 + (passes − 1) · clip((inflight / L2 − begins) / (ends − begins), 0, 1)
///     V     = rows · columns · size · (reads + writes) · (padded / columns)^γ
///     T     = launch + [ (V / (η·B))⁴ + (V_L2 / (S·l2·f))⁴ + (ops / (S·lanes·f))⁴ + (passes·iterations·waves·latency)⁴ ]^¼
package struct RowModel: Sendable {
  package let gpu: GPU
  package let constants: RowConstants

  package init(_ gpu: GPU, _ constants: RowConstants) { (self.gpu, self.constants) = (gpu, constants) }

  package func seconds(_ kernel: RowKernel) -> Double { time(of: kernel).seconds }

  package func time(of kernel: RowKernel) -> KernelTime {
    let plan = RowPlan(kernel)
    let values = Double(kernel.rows) * Double(kernel.columns)
    let shape = LaunchShape(blocks: plan.blocks, threads: plan.threads, registers: 32, on: gpu)
    let reads = plan.operands + (plan.passes - 1) * miss(kernel, plan, shape)
    let padding = pow(plan.padding, constants.paddingExponent)
    let volume = values * Double(kernel.size)
    let dram = volume * (reads + plan.writes)
    let l2 = volume * (plan.operands + plan.passes - 1 + plan.writes)
    let clocks = Double(gpu.multiprocessors) * gpu.boostClock.hertz
    let bounds = [
      KernelTime.Bound(.dram, dram * padding / (gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency)),
      KernelTime.Bound(.l2, l2 * padding / (clocks * constants.l2BytesPerClock)),
      KernelTime.Bound(.fma, values * plan.operations / (clocks * Double(gpu.fp32Lanes))),
      KernelTime.Bound(.specialFunctions, values * plan.specialFunctions / (clocks * StreamingModel.specialPerClock)),
      KernelTime.Bound(.latency, loads(kernel, plan, shape) * Self.latency),
    ]
    return KernelTime(
      bounds, launch: constants.launch, flops: Kernel.rows(kernel).flops.value, dramBytes: dram, l2Bytes: l2,
      launchShape: shape)
  }

  /// Seconds from a load to its value, when memory is busy: about 800 to 1,200 clocks on GPUs since Volta, from microbenchmarks.
  private static let latency = 0.6e-6

  /// Loads that wait for each other: those of a block along its row, and of blocks that take turns.
  private func loads(_ kernel: RowKernel, _ plan: RowPlan, _ shape: LaunchShape) -> Double {
    plan.passes * Double(plan.iterations) * max(1, shape.waves)
  }

  /// Share of a second pass's reads that miss L2.
  private func miss(_ kernel: RowKernel, _ plan: RowPlan, _ shape: LaunchShape) -> Double {
    let places = gpu.multiprocessors * shape.blocksPerMultiprocessor
    let inFlight = Double(min(kernel.rows, places * plan.rowsPerBlock) * kernel.columns * kernel.size)
    let share = inFlight / Double(gpu.l2Cache.value)
    return min(1, max(0, (share - constants.missBegins) / constants.missRange))
  }
}

/// How PyTorch's kernels lie on the rows: softmax keeps rows of up to 1,024 values in a warp's registers and passes three times over
/// longer ones; norms pass twice, with four warps.
///
/// - Source: PyTorch 2.x, `PersistentSoftmax.cuh`, `SoftMax.cu`, `layer_norm_kernel.cu`.
struct RowPlan {
  var threads, rowsPerBlock, blocks: Int
  var passes, operands, writes: Double
  /// Iterations of a block along its row, and the values that they cover, over the row's.
  var iterations: Int
  var padding: Double
  var operations, specialFunctions: Double

  init(_ kernel: RowKernel) {
    let columns = kernel.columns
    // Tensors that are read, and written; the passes over them.
    (operands, writes) = kernel.function.operands
    operations = kernel.function.operations
    specialFunctions = kernel.function.specialFunctions
    let isWarp = kernel.function.usesWarps && columns <= 1024
    passes = isWarp ? 1 : kernel.function.passes
    rowsPerBlock = isWarp ? 4 : 1
    threads =
      kernel.isScalar
      ? min(1024, (columns + 31) / 32 * 32)
      : isWarp || !kernel.function.usesWarps ? 128 : columns <= 2048 ? 256 : 512
    blocks = max(1, (kernel.rows + rowsPerBlock - 1) / rowsPerBlock)
    let step = isWarp ? 32 : threads * (kernel.isScalar ? 1 : max(1, 16 / kernel.size))
    // A warp holds its row in registers: its loads do not wait for each other.
    iterations = isWarp ? 1 : (columns + step - 1) / step
    padding = Double((columns + step - 1) / step * step) / Double(columns)
  }
}

extension RowKernel.Function {
  fileprivate var usesWarps: Bool {
    switch self {
    case .softmax, .softmaxBackward: true
    case .layerNorm, .rmsNorm, .layerNormBackward, .rmsNormBackward, .crossEntropy, .crossEntropyBackward: false
    }
  }

  fileprivate var passes: Double {
    switch self {
    case .softmax, .crossEntropy: 3
    case .softmaxBackward, .layerNorm, .rmsNorm, .layerNormBackward, .rmsNormBackward: 2
    case .crossEntropyBackward: 1
    }
  }

  /// Tensors of the row's length that are read and written once.
  fileprivate var operands: (reads: Double, writes: Double) {
    switch self {
    case .softmax, .layerNorm, .rmsNorm: (1, 1)
    case .softmaxBackward: (2, 1)
    // The input gradient, and a second kernel's pass for the gain's.
    case .layerNormBackward, .rmsNormBackward: (4, 1)
    case .crossEntropy: (1, 0)
    case .crossEntropyBackward: (1, 1)
    }
  }

  /// fp32 operations of one value, and of them special functions.
  fileprivate var operations: Double {
    switch self {
    // Three passes of address, conversion, comparison, exponential and sum.
    case .softmax, .crossEntropy: 30
    case .softmaxBackward, .crossEntropyBackward: 10
    case .layerNorm: 7
    case .rmsNorm: 4
    case .layerNormBackward: 12
    case .rmsNormBackward: 9
    }
  }

  fileprivate var specialFunctions: Double {
    switch self {
    case .softmax, .crossEntropy, .crossEntropyBackward: 1
    case .softmaxBackward, .layerNorm, .rmsNorm, .layerNormBackward, .rmsNormBackward: 0
    }
  }
}
