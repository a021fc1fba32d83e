package import Cluster
import Foundation
import Quantities

/// Time of fused attention in tiles of 128 queries by 128 keys:
///
///     tile  = products / (e·F) + α·(128·128 / 16 + c·128·128 / lanes)          clocks
///     work  = B·A·tiles·tile + blocks·L
///     T     = launch + max( [ (max(work/S + tail, longest block) / f)⁴ + (V / (η·B))⁴ ]^¼, power ) + cache / (η·B)
///
/// `cache` are the bytes that a paged cache's kernel reads and writes before it, where there is one.
///
/// - Source: Dao 2023, arXiv:2307.08691; Shah et al. 2024, arXiv:2407.08608.
package struct AttentionModel: Sendable {
  package let gpu: GPU
  package let precision: MathPrecision
  package let constants: AttentionConstants
  private let flopsPerClock: Double

  package init(_ gpu: GPU, _ precision: MathPrecision, _ constants: AttentionConstants) throws(GPUError) {
    (self.gpu, self.precision, self.constants) = (gpu, precision, constants)
    flopsPerClock = try gpu.multiplier(precision).flopsPerClock
  }

  /// Queries and keys of a tile.
  static let tile = 128.0
  /// Share of the board's power that the SMs' dynamic work may take.
  static let powerShare = 0.78

  package func seconds(_ kernel: AttentionKernel) -> Double { time(of: kernel).seconds }

  package func time(of kernel: AttentionKernel) -> KernelTime {
    let work = AttentionWork(kernel)
    let multiprocessors = Double(gpu.multiprocessors)
    let products = work.flopsPerTile / flopsPerClock / constants.computeEfficiency
    let tile = products + constants.softmaxExposed * softmax(kernel)
    let exposedSpecial = min(1, constants.softmaxExposed) * Self.tile * Self.tile / StreamingModel.specialPerClock
    let total = work.tiles * tile + work.blocks * constants.blockLatency
    let tail = work.blocks > multiprocessors ? 0.5 * total / work.blocks : 0
    let longest = work.longest * tile + constants.blockLatency
    let clock = gpu.boostClock.hertz
    let busiest = max(total / multiprocessors + tail, longest) / clock
    let bandwidth = gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency
    let dram = work.bytes / bandwidth
    let power =
      work.tiles * work.flopsPerTile * constants.energyPerFLOP / (Self.powerShare * gpu.boardPower.watts)
    let bounds = [
      KernelTime.Bound(.tensorCores, work.tiles * products / multiprocessors / clock),
      KernelTime.Bound(.specialFunctions, work.tiles * exposedSpecial / multiprocessors / clock),
      KernelTime.Bound(.latency, busiest), KernelTime.Bound(.dram, dram), KernelTime.Bound(.power, power),
    ]
    let combined = (fourth(busiest) + fourth(dram)).squareRoot().squareRoot()
    return KernelTime(
      seconds: constants.launch + max(combined, power) + work.cacheBytes / bandwidth, limiter: limiter(bounds, work),
      launch: constants.launch,
      bounds: bounds, flops: .init(Int(work.flops)), dramBytes: work.bytes + work.cacheBytes,
      l2Bytes: work.bytes + work.cacheBytes, sharedBytes: 0,
      launchShape: launchShape(work))
  }

  /// Clocks of a tile's exponentials and fp32 work.
  private func softmax(_ kernel: AttentionKernel) -> Double {
    let scores = Self.tile * Self.tile
    return scores / StreamingModel.specialPerClock + (kernel.backward ? 10 : 6) * scores / Double(gpu.fp32Lanes)
  }

  private func limiter(_ bounds: [KernelTime.Bound], _ work: AttentionWork) -> KernelTime.Limiter {
    let longest = bounds.max { $0.seconds < $1.seconds }!
    guard longest.limiter == .latency else { return constants.launch > longest.seconds ? .launch : longest.limiter }
    if constants.launch > longest.seconds { return .launch }
    return work.blocks < Double(gpu.multiprocessors) ? .latency : .tensorCores
  }

  private func launchShape(_ work: AttentionWork) -> LaunchShape {
    let waves = work.blocks / Double(gpu.multiprocessors)
    return LaunchShape(
      blocks: Int(work.blocks), threadsPerBlock: 256, blocksPerMultiprocessor: 1,
      occupancy: 8 / Double(gpu.limits.warps), waves: waves, tail: 1 - waves / max(1, waves.rounded(.up)),
      tile: "128x128")
  }
}

private func fourth(_ x: Double) -> Double { x * x * x * x }

/// A fused attention's tiles, blocks and bytes.
struct AttentionWork {
  /// Tiles of all blocks, blocks, and tiles of the longest block.
  var tiles, blocks, longest: Double
  var flopsPerTile: Double
  /// Useful FLOPs: the masked half is not counted.
  var flops: Double
  var bytes: Double
  /// Bytes that filling the cache reads and writes.
  var cacheBytes: Double

  init(_ kernel: AttentionKernel) {
    let side = AttentionModel.tile
    let heads = Double(kernel.batch) * Double(kernel.heads)
    let rows = (Double(kernel.queries) / side).rounded(.up)
    let columns = (Double(kernel.keys) / side).rounded(.up)
    // The last query sees all keys: causal rows lose what lies right of the diagonal.
    let masked = kernel.causal ? min(rows, columns) * (min(rows, columns) - 1) / 2 : 0
    tiles = heads * (rows * columns - masked)
    blocks = heads * rows
    longest = columns
    // Scores and their gradients run over the head's size, values over their own.
    let products = kernel.backward ? 10.0 : 4.0
    let depth = Double(AttentionWork.padded(kernel.headSize) + AttentionWork.padded(kernel.valueSize)) / 2
    flopsPerTile = products * depth * side * side
    let (queries, keys) = (Double(kernel.queries), Double(kernel.keys))
    let seen = kernel.causal ? queries * keys - min(queries, keys) * (min(queries, keys) - 1) / 2 : queries * keys
    flops = heads * seen * products * Double(kernel.headSize + kernel.valueSize) / 2
    let query = Double(kernel.heads * (kernel.headSize + kernel.valueSize)) * queries
    let key = Double(kernel.keyValueHeads * (kernel.headSize + kernel.valueSize)) * keys
    bytes = Double(kernel.batch * kernel.precision.size) * (query + key) * (kernel.backward ? 3 : 1)
    cacheBytes = kernel.fillsCache ? 2 * Double(kernel.batch * kernel.precision.size) * key : 0
  }

  /// Heads are computed in steps of 32 values, above 128 in steps of 128.
  private static func padded(_ size: Int) -> Int {
    let step = size > 128 ? 128 : 32
    return (size + step - 1) / step * step
  }
}
