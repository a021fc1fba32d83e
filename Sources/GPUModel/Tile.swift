package import Cluster
import Quantities

/// The part of C that one block computes, and how it computes it.
package struct Tile: Hashable, Sendable {
  /// The instruction that multiplies, which decides how operands reach it.
  package enum Instruction: String, Hashable, Sendable, CaseIterable {
    /// Fused multiply-adds of CUDA cores, operands in registers.
    case simt
    /// A warp's tensor-core instruction, operands in registers (Volta to Ada, GB20x).
    case mma
    /// A warp group's asynchronous instruction, operands in shared memory (Hopper).
    case wgmma
    /// Blackwell's: operands in shared memory, sums in tensor memory.
    case tcgen05
  }

  package var m, n, k: Int
  /// Warps along m and n that multiply, and those that only load or store.
  package var warpsM, warpsN, extraWarps: Int
  package var stages, registers: Int
  package var instruction: Instruction
  /// Blocks that share what they load.
  package var cluster: Int

  package var mathWarps: Int { warpsM * warpsN }
  package var threads: Int { (mathWarps + extraWarps) * MultiprocessorLimits.warpSize }
  package var name: String { "\(m)x\(n)x\(k)" }

  init(
    _ instruction: Instruction, _ m: Int, _ n: Int, _ k: Int, warps: (Int, Int), extra: Int = 0, stages: Int,
    registers: Int, cluster: Int = 1
  ) {
    (self.m, self.n, self.k, self.instruction) = (m, n, k, instruction)
    (warpsM, warpsN, extraWarps) = (warps.0, warps.1, extra)
    (self.stages, self.registers, self.cluster) = (stages, registers, cluster)
  }

  func resources(size: Int) -> BlockResources {
    BlockResources(
      threads: threads, registersPerThread: registers,
      dynamicSharedMemory: ByteCount(stages * (m + n) * k * size))
  }
}

extension Tile {
  /// The tiles that a library has for a GPU: CUTLASS's and cuBLAS's published shapes for each instruction.
  package static func library(_ instruction: Instruction, batched: Bool, _ generation: Generation) -> [Tile] {
    switch instruction {
    case .simt where batched: simt.filter { batchedSIMT(generation).contains([$0.m, $0.n]) }
    case .simt: simt
    case .mma: mma
    case .wgmma: wgmma
    case .tcgen05: tcgen05
    }
  }

  /// cuBLAS has a tile or two for strided batches on CUDA cores, by generation: m and n, row-major.
  ///
  /// - Source: kernel names in NeuSight's measurements (github.com/sitar-lab/NeuSight), to Hopper; later generations are assumed to have
  ///   all tiles, as Hopper has.
  private static func batchedSIMT(_ generation: Generation) -> [[Int]] {
    switch generation {
    case .fermi, .kepler, .maxwell, .pascal: [[64, 128], [32, 32]]
    case .volta: [[64, 64], [128, 32], [32, 128]]
    case .turing: [[64, 128], [64, 64], [32, 128]]
    case .ampere, .ampereGA10x, .ada: [[128, 128]]
    case .hopper, .blackwell, .blackwellGB20x: simt.map { [$0.m, $0.n] }
    }
  }

  private static let simt: [Tile] = [
    Tile(.simt, 256, 128, 8, warps: (4, 2), stages: 4, registers: 200),
    Tile(.simt, 128, 256, 8, warps: (2, 4), stages: 4, registers: 200),
    Tile(.simt, 128, 128, 8, warps: (4, 2), stages: 3, registers: 122),
    Tile(.simt, 128, 64, 8, warps: (2, 2), stages: 3, registers: 122),
    Tile(.simt, 64, 128, 8, warps: (2, 2), stages: 3, registers: 122),
    Tile(.simt, 64, 64, 8, warps: (2, 1), stages: 3, registers: 122),
    Tile(.simt, 128, 32, 8, warps: (2, 1), stages: 3, registers: 122),
    Tile(.simt, 32, 128, 8, warps: (1, 2), stages: 3, registers: 122),
    Tile(.simt, 64, 32, 8, warps: (1, 1), stages: 3, registers: 122),
    Tile(.simt, 32, 64, 8, warps: (1, 1), stages: 3, registers: 122),
    Tile(.simt, 32, 32, 8, warps: (1, 1), stages: 3, registers: 80),
  ]

  private static let mma: [Tile] = [
    Tile(.mma, 256, 128, 32, warps: (4, 2), stages: 3, registers: 230),
    Tile(.mma, 128, 256, 32, warps: (2, 4), stages: 3, registers: 230),
    Tile(.mma, 128, 128, 32, warps: (2, 2), stages: 4, registers: 230),
    Tile(.mma, 256, 64, 32, warps: (4, 1), stages: 4, registers: 230),
    Tile(.mma, 64, 256, 32, warps: (1, 4), stages: 4, registers: 230),
    Tile(.mma, 128, 64, 32, warps: (2, 2), stages: 4, registers: 128),
    Tile(.mma, 64, 128, 32, warps: (2, 2), stages: 4, registers: 128),
    Tile(.mma, 64, 64, 64, warps: (2, 2), stages: 5, registers: 96),
    Tile(.mma, 32, 128, 64, warps: (1, 4), stages: 4, registers: 96),
    Tile(.mma, 128, 32, 64, warps: (4, 1), stages: 4, registers: 96),
    Tile(.mma, 32, 64, 64, warps: (1, 2), stages: 6, registers: 96),
    Tile(.mma, 64, 32, 64, warps: (2, 1), stages: 6, registers: 96),
    Tile(.mma, 16, 64, 128, warps: (1, 4), stages: 4, registers: 64),
    Tile(.mma, 64, 16, 128, warps: (4, 1), stages: 4, registers: 64),
  ]

  private static let wgmma: [Tile] = [
    Tile(.wgmma, 128, 256, 64, warps: (8, 1), extra: 4, stages: 4, registers: 168, cluster: 2),
    Tile(.wgmma, 256, 128, 64, warps: (8, 1), extra: 4, stages: 4, registers: 168, cluster: 2),
    Tile(.wgmma, 128, 128, 64, warps: (8, 1), extra: 4, stages: 6, registers: 168, cluster: 2),
    Tile(.wgmma, 192, 128, 64, warps: (8, 1), extra: 4, stages: 4, registers: 168, cluster: 2),
    Tile(.wgmma, 128, 192, 64, warps: (8, 1), extra: 4, stages: 4, registers: 168, cluster: 2),
    Tile(.wgmma, 64, 256, 64, warps: (4, 1), extra: 4, stages: 4, registers: 168, cluster: 2),
    Tile(.wgmma, 64, 128, 64, warps: (4, 1), extra: 4, stages: 6, registers: 168),
    Tile(.wgmma, 128, 64, 64, warps: (8, 1), extra: 4, stages: 6, registers: 168),
    Tile(.wgmma, 64, 64, 64, warps: (4, 1), extra: 4, stages: 8, registers: 168),
    Tile(.wgmma, 64, 32, 64, warps: (4, 1), extra: 4, stages: 8, registers: 168),
    Tile(.wgmma, 64, 16, 64, warps: (4, 1), extra: 4, stages: 8, registers: 168),
  ]

  private static let tcgen05: [Tile] = [
    Tile(.tcgen05, 256, 256, 64, warps: (8, 1), extra: 4, stages: 4, registers: 128, cluster: 2),
    Tile(.tcgen05, 128, 256, 64, warps: (4, 1), extra: 4, stages: 4, registers: 128, cluster: 2),
    Tile(.tcgen05, 256, 128, 64, warps: (8, 1), extra: 4, stages: 5, registers: 128, cluster: 2),
    Tile(.tcgen05, 128, 192, 64, warps: (4, 1), extra: 4, stages: 5, registers: 128, cluster: 2),
    Tile(.tcgen05, 128, 128, 64, warps: (4, 1), extra: 4, stages: 6, registers: 128, cluster: 2),
    Tile(.tcgen05, 128, 64, 64, warps: (4, 1), extra: 4, stages: 8, registers: 128, cluster: 2),
    Tile(.tcgen05, 64, 128, 64, warps: (4, 1), extra: 4, stages: 8, registers: 128, cluster: 2),
    Tile(.tcgen05, 64, 64, 64, warps: (4, 1), extra: 4, stages: 8, registers: 128, cluster: 2),
    Tile(.tcgen05, 64, 32, 64, warps: (4, 1), extra: 4, stages: 8, registers: 128),
    Tile(.tcgen05, 64, 16, 64, warps: (4, 1), extra: 4, stages: 8, registers: 128),
  ]
}

extension GPU {
  /// The instruction with which a library multiplies on this GPU, and its dense FLOPs on one SM in a clock.
  ///
  /// - Errors: `GPUError` where the data sheet has no such precision.
  package func multiplier(_ precision: MathPrecision) throws(GPUError) -> (Tile.Instruction, flopsPerClock: Double) {
    let peak = try peak(precision)
    switch precision {
    case .fp32: return (.simt, 2 * Double(fp32Lanes))
    case .fp64: return (.simt, peak.flopsPerSecond / (Double(multiprocessors) * boostClock.hertz))
    // Libraries keep fp32 sums: 16-bit values are stored, fp32 ones multiplied.
    case .fp16 where !supportsTensorCores: return (.simt, 2 * Double(fp32Lanes))
    case .tf32, .fp16, .bf16, .fp8:
      let width = precision == .tf32 ? 0.5 : precision == .fp8 ? 2 : 1
      return (tensorInstruction, tensorFLOPsPerClock * width)
    }
  }

  private var tensorInstruction: Tile.Instruction {
    switch generation {
    case .hopper: .wgmma
    case .blackwell: .tcgen05
    case .fermi, .kepler, .maxwell, .pascal, .volta, .turing, .ampere, .ampereGA10x, .ada, .blackwellGB20x: .mma
    }
  }
}
