import Cluster
import Foundation
import Quantities

/// A product's sizes as numbers, with what does not depend on the tile worked out.
struct MatmulProblem {
  /// Share of L2 in which a wave finds what another has loaded: the rest holds results and other operands. Fitted on A100, 2026.
  private static let reusableCache = 0.6

  let batch, m, n, k: Double
  let size, resultSize: Double
  let multiprocessors, clock: Double
  /// Seconds of a clock of the multiplier, slowed to what it sustains; longer where rows lie far apart.
  let secondsPerClock: Double
  let dramBandwidth, l2Bandwidth: Double
  /// Share of the operands that no earlier launch left in L2.
  let cold: Double
  /// Share of a second read that misses L2, when a wave's tiles do not fit.
  let miss: Double
  /// Bytes of one batch's operands.
  let compulsory: Double
  let constants: MatmulConstants
  /// Seconds for which the energy of an executed FLOP keeps the board at its limit.
  let secondsPerFLOP: Double

  /// Seconds that all SMs together need at least for a clock of every step of k = 1 of a tile.
  let secondsPerTileK: Double

  init(
    _ kernel: MatmulKernel, _ precision: MathPrecision, _ gpu: GPU, _ constants: MatmulConstants, _ power: PowerState
  ) {
    (batch, m, n, k) = (Double(kernel.batch), Double(kernel.m), Double(kernel.n), Double(kernel.k))
    (size, resultSize) = (Double(precision.size), Double(kernel.resultSize) * (kernel.accumulates ? 2 : 1))
    (multiprocessors, clock) = (Double(gpu.multiprocessors), gpu.boostClock.hertz)
    let slowdown = kernel.layout == .tn ? Self.slowdown(rowBytes: k * size, constants.farRowSlowdown) : 1
    secondsPerClock = slowdown / (clock * constants.computeEfficiency)
    secondsPerTileK = secondsPerClock * k / multiprocessors
    dramBandwidth = gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency
    l2Bandwidth = constants.l2BytesPerClock * clock
    let cache = Double(gpu.l2Cache.value)
    compulsory = (m + n) * k * size
    miss = min(1, max(0, 1 - Self.reusableCache * cache / compulsory))
    cold = gpu.cold(batch * (compulsory + m * n * resultSize), residency: constants.l2Residency)
    secondsPerFLOP = constants.energyPerFLOP(power) / gpu.dynamicPower.watts
    self.constants = constants
  }

  /// Rows begin to lie too far apart for the memory's pages and address translation at 56 KiB, and do altogether at 112 KiB: read off
  /// NeuSight's times of fp32 products on P100 and P4, whose rate falls to a third between k = 14,000 and 28,000.
  private static func slowdown(rowBytes: Double, _ most: Double) -> Double {
    guard most > 1 else { return 1 }
    return 1 + (most - 1) * min(1, max(0, log2(rowBytes / 57344)))
  }
}

/// The grid of blocks that a tile makes of a problem.
struct MatmulGrid {
  var rows, columns, tiles: Double

  @inline(__always) init(_ problem: MatmulProblem, _ plan: TilePlan) {
    (rows, columns) = (roundedUp(problem.m / plan.m), roundedUp(problem.n / plan.n))
    tiles = problem.batch * rows * columns
  }
}

/// ⌈x⌉ of a non-negative number, without a call; beyond 2⁵² a number is whole already.
@inline(__always) func roundedUp(_ x: Double) -> Double {
  guard x < 0x1p52 else { return x }
  let whole = Double(Int(x))
  return whole < x ? whole + 1 : whole
}

/// Seconds that each resource alone needs for one way to compute a product, and what passes it.
struct MatmulBounds {
  var blocks, multiprocessor, l2, dram, power: Double
  var l2Bytes, dramBytes: Double

  @inline(__always) init(_ problem: MatmulProblem, _ plan: TilePlan, _ grid: MatmulGrid, split: Double) {
    let constants = problem.constants
    let steps = roundedUp(problem.k / (split * plan.k))
    let depth = steps * plan.k
    blocks = grid.tiles * split
    power = problem.power(2 * grid.tiles * plan.m * plan.n * split * depth)
    multiprocessor = problem.clocks(plan, blocks, steps, depth, split) * problem.secondsPerClock
    let active = min(blocks, problem.multiprocessors)
    let stored = problem.batch * problem.m * problem.n * problem.resultSize
    l2Bytes = blocks * plan.loadedPerK * depth * problem.size + stored
    l2 = l2Bytes / (active * problem.l2Bandwidth)
    dramBytes = problem.dramBytes(plan, grid, blocks, split, stored)
    dram = dramBytes / min(problem.dramBandwidth, active * constants.dramBytesPerClock * problem.clock)
  }

  /// The fifth power of what the overlapping resources take together.
  @inline(__always) var overlapped: Double { fifth(multiprocessor) + fifth(l2) + fifth(dram) }
}

extension MatmulProblem {
  /// Clocks of the busiest multiprocessor: full rounds of resident blocks, a last one that hides less, prologues and epilogues.
  @inline(__always) fileprivate func clocks(
    _ plan: TilePlan, _ blocks: Double, _ steps: Double, _ depth: Double, _ split: Double
  ) -> Double {
    let core = plan.corePerK * depth
    let alone = steps * plan.clocksPerStep
    let stored = min(plan.m, m) * min(plan.n, n) * resultSize * (split > 1 ? 2 : 1)
    let ends = constants.blockLatency + stored / constants.epilogueBytesPerClock
    let exposed = plan.resident == 1 ? 1 : constants.exposedShare
    let share = blocks / multiprocessors
    let whole = roundedUp(share)
    let perSM = whole - constants.persistence * (whole - max(1, share))
    let rounds = (perSM / plan.resident).rounded(.towardZero)
    let rest = perSM - rounds * plan.resident
    let full = rounds * (max(plan.resident * core, alone) + exposed * ends) + (1 - exposed) * ends
    guard rest > 0 else { return full }
    return full + max(rest * core / plan.rate(max(1, rest)), alone) + exposed * ends
  }

  /// Bytes from and to DRAM: operands once, again where a wave's tiles outgrow L2, and the result.
  @inline(__always) fileprivate func dramBytes(
    _ plan: TilePlan, _ grid: MatmulGrid, _ blocks: Double, _ split: Double, _ stored: Double
  ) -> Double {
    let once = batch * compulsory + stored * (split > 1 ? 2 : 1)
    guard miss > 0 else { return once * cold }
    // One wave covers a patch of C that is as square as it can be.
    let wave = min(max(min(multiprocessors * plan.resident, blocks) / split, 1), grid.rows * grid.columns)
    var high = min(max((wave * plan.n / plan.m).squareRoot(), 1), grid.rows)
    let wide = min(max(wave / high, 1), grid.columns)
    high = min(max(wave / wide, 1), grid.rows)
    let unique = (min(high * plan.m, m) + min(wide * plan.n, n)) * k * size
    let again = max(grid.rows * grid.columns / wave * unique - compulsory, 0) * miss
    return (once + batch * again) * cold
  }

  /// Seconds for which the energy of the executed FLOPs keeps the board at its limit; a short burst may exceed it.
  @inline(__always) fileprivate func power(_ flops: Double) -> Double {
    let seconds = flops * secondsPerFLOP
    return seconds * seconds / (seconds + constants.powerWindow)
  }
}

extension MatmulConstants {
  fileprivate func energyPerFLOP(_ power: PowerState) -> Double {
    switch power {
    case .burst: energyPerFLOP
    case .sustained: energyPerFLOP * sustainedEnergy
    case .quiet: energyPerFLOP * quietEnergy
    }
  }
}
