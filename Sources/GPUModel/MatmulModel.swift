package import Cluster
import Foundation
import Quantities

/// Time of a tiled matrix product: the best over tiles and split-K, of what the busiest multiprocessor, L2, DRAM and the power limit
/// allow. docs/gpu-model.md states the equations.
package struct MatmulModel: Sendable {
  package let gpu: GPU
  package let precision: MathPrecision
  package let constants: MatmulConstants
  let plans: [TilePlan]

  /// - Errors: `GPUError` where the GPU has no such products.
  package init(_ gpu: GPU, _ precision: MathPrecision, _ constants: MatmulConstants) throws(GPUError) {
    let (instruction, flopsPerClock) = try gpu.multiplier(precision)
    (self.gpu, self.precision, self.constants) = (gpu, precision, constants)
    plans = Tile.library(instruction).compactMap {
      TilePlan($0, flopsPerClock: flopsPerClock, size: precision.size, on: gpu.limits, constants)
    }
  }

  /// The parts of k that a library splits it into.
  static let splits: [Double] = [1, 2, 3, 4, 6, 8, 12, 16]

  /// The tile and the split that take the least time.
  func best(_ kernel: MatmulKernel) -> MatmulCandidate {
    let problem = MatmulProblem(kernel, precision, gpu, constants)
    var best = MatmulCandidate(plan: plans[0], split: 1, seconds: .infinity, bounds: .init())
    for plan in plans {
      for split in Self.splits {
        guard let candidate = problem.candidate(plan, split, below: best.seconds) else { continue }
        best = candidate
      }
    }
    return best
  }
}

/// A tile on one GPU, with everything that does not depend on the problem worked out.
struct TilePlan: Sendable {
  var tile: Tile
  var m, n, k: Double
  /// Clocks that an SM needs for one step of k = 1 of one block, and that a lone block needs for a step of `k`.
  var corePerK, clocksPerStep: Double
  /// Blocks that fit on one SM.
  var resident: Double
  /// Warps that multiply, on each of four schedulers.
  var warpsPerScheduler: Double
  /// The multiplier's share of `corePerK`, for reports.
  var mathPerK, sharedPerK: Double

  /// Nil where not even one block fits.
  init?(
    _ tile: Tile, flopsPerClock: Double, size: Int, on limits: MultiprocessorLimits, _ constants: MatmulConstants
  ) {
    let tile = tile.fitting(limits.sharedMemoryPerBlockOptIn, size: size)
    let blocks = Occupancy(tile.resources(size: size), on: limits).blocks
    guard blocks > 0 else { return nil }
    self.tile = tile
    (m, n, k) = (Double(tile.m), Double(tile.n), Double(tile.k))
    mathPerK = 2 * m * n / flopsPerClock / tile.issueEfficiency
    sharedPerK = tile.sharedBytesPerK * Double(size) / 128
    corePerK = combined(mathPerK, sharedPerK)
    clocksPerStep = 350 / Double(max(1, tile.stages - 1))
    resident = Double(blocks)
    warpsPerScheduler = Double(tile.mathWarps) / 4
  }

  /// Share of the full rate that `blocks` resident blocks reach, relative to all that fit: warps hide each other's latency.
  @inline(__always) func rate(_ blocks: Double, halfRate: Double) -> Double {
    switch tile.instruction {
    case .wgmma, .tcgen05: return min(1, 0.9 + 0.1 * blocks)
    case .simt, .mma:
      let (own, full) = (blocks * warpsPerScheduler, resident * warpsPerScheduler)
      return own / (own + halfRate) * (full + halfRate) / full
    }
  }
}

extension Tile {
  /// The tile with as many stages as a block's shared memory holds.
  fileprivate func fitting(_ memory: ByteCount, size: Int) -> Tile {
    var tile = self
    while tile.stages > 2, tile.resources(size: size).dynamicSharedMemory > memory { tile.stages -= 1 }
    return tile
  }

  /// FFMAs over all issued instructions of a thread's inner loop, relative to a thread tile of 8×8.
  var issueEfficiency: Double {
    guard instruction == .simt else { return 1 }
    let products = Double(m * n) / Double(mathWarps * MultiprocessorLimits.warpSize)
    let side = min(8, products.squareRoot())
    return products / (products + (side + products / side) / 4 + 2) / 0.914
  }

  /// Values that pass the shared-memory port for one step of k = 1.
  var sharedBytesPerK: Double {
    let (m, n) = (Double(m), Double(n))
    switch instruction {
    case .simt: return 0
    case .mma: return Double(mathWarps) * (m / Double(warpsM) + n / Double(warpsN)) + m + n
    case .wgmma: return max(1, (m / 64).rounded(.down)) * (64 + n) + (m + n) / 2
    case .tcgen05: return m + n
    }
  }
}

/// What overlaps takes as long as the longest, and a little more where two are near: (aᵖ + bᵖ)^(1/p), p = 5.
@inline(__always) func combined(_ a: Double, _ b: Double) -> Double {
  let (large, small) = (max(a, b), min(a, b))
  return small < 0.1 * large ? large : pow(fifth(a) + fifth(b), 0.2)
}

@inline(__always) func fifth(_ x: Double) -> Double {
  let square = x * x
  return square * square * x
}
