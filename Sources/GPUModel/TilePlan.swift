import Cluster
import Foundation
import Quantities

/// A tile on one GPU, with everything that does not depend on the problem worked out.
struct TilePlan: Sendable {
  var tile: Tile
  var m, n, k: Double
  /// Clocks that an SM needs for one step of k = 1 of one block, and that a lone block needs for a step of `k`.
  var corePerK, clocksPerStep: Double
  /// The multiplier's and the shared-memory port's share of `corePerK`.
  var mathPerK, sharedPerK: Double
  /// Values that a block loads from L2 for one step of k = 1.
  var loadedPerK: Double
  /// Blocks that fit on one SM.
  var resident: Double
  /// Rate of r blocks: r / (r + half) relative to that of all that fit; nil where blocks need no others to hide latency.
  private var half: Double?

  /// Nil where not even one block fits.
  init?(
    _ tile: Tile, flopsPerClock: Double, size: Int, on limits: MultiprocessorLimits, _ constants: MatmulConstants
  ) {
    let tile = tile.fitting(limits, size: size)
    let blocks = Occupancy(tile.resources(size: size), on: limits).blocks
    guard blocks > 0 else { return nil }
    self.tile = tile
    (m, n, k) = (Double(tile.m), Double(tile.n), Double(tile.k))
    mathPerK = 2 * m * n / flopsPerClock / tile.issueEfficiency
    sharedPerK = tile.sharedValuesPerK * Double(size) / 128
    corePerK = combined(mathPerK, sharedPerK)
    clocksPerStep = constants.stepLatency / Double(max(1, tile.stages - 1))
    loadedPerK = m / Double(tile.cluster) + n
    resident = Double(blocks)
    half = tile.instruction.isAsynchronous ? nil : constants.halfRateWarps * 4 / Double(tile.mathWarps)
  }

  /// Share of the full rate that `blocks` resident blocks reach, relative to all that fit: warps hide each other's latency. A lone
  /// block of asynchronous products loses a tenth, since nothing runs while its accumulators are stored (assumed).
  @inline(__always) func rate(_ blocks: Double) -> Double {
    guard let half else { return min(1, 0.9 + 0.1 * blocks) }
    return blocks / (blocks + half) * (resident + half) / resident
  }
}

extension Tile.Instruction {
  /// The instruction reads shared memory while its warps do other things.
  fileprivate var isAsynchronous: Bool {
    switch self {
    case .wgmma, .tcgen05: true
    case .simt, .mma: false
    }
  }
}

extension Tile {
  /// The tile with as many stages as a block's shared memory holds, and as many registers as a thread has.
  fileprivate func fitting(_ limits: MultiprocessorLimits, size: Int) -> Tile {
    var tile = self
    tile.registers = min(tile.registers, limits.registersPerThread)
    let most = limits.sharedMemoryPerBlockOptIn
    while tile.stages > 2, tile.resources(size: size).dynamicSharedMemory > most { tile.stages -= 1 }
    return tile
  }

  /// FFMAs over all issued instructions of a thread's inner loop (products, 16-byte loads of both sides, loop control), relative to a
  /// thread tile of 8×8, whose share is 0.914. It meets NeuSight's rates of 128×128, 64×64, 128×32 and 32×32 tiles: 1, 0.9, 0.85, 0.7.
  fileprivate var issueEfficiency: Double {
    guard instruction == .simt else { return 1 }
    let products = Double(m * n) / Double(mathWarps * MultiprocessorLimits.warpSize)
    let side = min(8, products.squareRoot())
    return products / (products + (side + products / side) / 4 + 2) / 0.914
  }

  /// Values that pass the shared-memory port for one step of k = 1.
  fileprivate var sharedValuesPerK: Double {
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
func combined(_ a: Double, _ b: Double) -> Double { pow(fifth(a) + fifth(b), 0.2) }

@inline(__always) func fifth(_ x: Double) -> Double {
  let square = x * x
  return square * square * x
}
