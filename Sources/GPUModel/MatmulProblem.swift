import Cluster
import Foundation
import Quantities

/// One way to compute a product, and its time.
struct MatmulCandidate {
  /// Seconds that each resource alone needs.
  struct Bounds {
    var multiprocessor = 0.0, l2 = 0.0, dram = 0.0, power = 0.0
    var math = 0.0, shared = 0.0, dramBytes = 0.0, l2Bytes = 0.0
    var blocks = 0.0
  }
  var plan: TilePlan
  var split: Double
  var seconds: Double
  var bounds: Bounds
}

/// A product's sizes as numbers, with what does not depend on the tile worked out.
struct MatmulProblem {
  /// Share of the board's power that the SMs' dynamic work may take.
  static let powerShare = 0.78

  let batch, m, n, k: Double
  let size, resultSize: Double
  let multiprocessors, clock: Double
  /// Seconds of a clock of the multiplier, slowed to what it sustains.
  let secondsPerClock: Double
  let dramBandwidth: Double
  /// Share of the operands that no earlier launch left in L2.
  let cold: Double
  /// Share of a second read that misses L2, when a wave's tiles do not fit.
  let miss: Double
  let compulsory: Double
  let constants: MatmulConstants
  let powerBudget: Double

  init(_ kernel: MatmulKernel, _ precision: MathPrecision, _ gpu: GPU, _ constants: MatmulConstants) {
    (batch, m, n, k) = (Double(kernel.batch), Double(kernel.m), Double(kernel.n), Double(kernel.k))
    (size, resultSize) = (Double(precision.size), Double(kernel.resultSize) * (kernel.accumulates ? 2 : 1))
    (multiprocessors, clock) = (Double(gpu.multiprocessors), gpu.boostClock.hertz)
    secondsPerClock = 1 / (clock * constants.computeEfficiency)
    dramBandwidth = gpu.memoryBandwidth.bytesPerSecond * constants.memoryEfficiency
    let cache = Double(gpu.l2Cache.value)
    compulsory = (m + n) * k * size
    miss = min(1, max(0, 1 - 0.6 * cache / compulsory))
    let footprint = batch * (compulsory + m * n * resultSize)
    cold = 1 - min(1, max(0, 2 - footprint / (constants.l2Residency * cache)))
    powerBudget = Self.powerShare * gpu.boardPower.watts
    self.constants = constants
  }

  /// The candidate's time, or nil where it is not allowed or not below `limit`.
  func candidate(_ plan: TilePlan, _ split: Double, below limit: Double) -> MatmulCandidate? {
    let columns = (n / plan.n).rounded(.up)
    let rows = (m / plan.m).rounded(.up)
    let tiles = batch * rows * columns
    let blocks = tiles * split
    if split > 1 {
      guard k >= 8 * plan.k * split, blocks <= 8 * multiprocessors else { return nil }
    }
    let steps = (k / split / plan.k).rounded(.up)
    let depth = steps * plan.k
    let fixed = constants.launch + (split > 1 ? constants.splitCost : 0)
    var bounds = MatmulCandidate.Bounds()
    bounds.blocks = blocks
    bounds.power = power(2 * tiles * plan.m * plan.n * split * depth)
    bounds.multiprocessor = multiprocessor(plan, blocks, steps, depth, split) * secondsPerClock
    guard max(bounds.power, bounds.multiprocessor) + fixed < limit else { return nil }
    let active = min(blocks, multiprocessors)
    bounds.l2Bytes = (blocks * (plan.m / Double(plan.tile.cluster) + plan.n) * depth * size + batch * m * n * resultSize)
    bounds.l2 = bounds.l2Bytes / active / (constants.l2BytesPerClock * clock)
    bounds.dramBytes = dramBytes(plan, rows, columns, blocks, split)
    bounds.dram = bounds.dramBytes / min(dramBandwidth, active * constants.dramBytesPerClock * clock)
    let sum = fifth(bounds.multiprocessor) + fifth(bounds.l2) + fifth(bounds.dram)
    let room = limit - fixed
    guard sum < fifth(room) else { return nil }
    let seconds = max(pow(sum, 0.2), bounds.power) + fixed
    guard seconds < limit else { return nil }
    bounds.math = plan.mathPerK * depth * blocks / multiprocessors * secondsPerClock
    bounds.shared = plan.sharedPerK * depth * blocks / multiprocessors * secondsPerClock
    return MatmulCandidate(plan: plan, split: split, seconds: seconds, bounds: bounds)
  }

  /// Clocks of the busiest multiprocessor: full rounds of resident blocks, a last one that hides less, prologues and epilogues.
  @inline(__always) private func multiprocessor(
    _ plan: TilePlan, _ blocks: Double, _ steps: Double, _ depth: Double, _ split: Double
  ) -> Double {
    let core = plan.corePerK * depth
    let alone = steps * plan.clocksPerStep
    let stored = min(plan.m, m) * min(plan.n, n) * resultSize * (split > 1 ? 2 : 1)
    let ends = constants.blockLatency + stored / constants.epilogueBytesPerClock
    let exposed = plan.resident == 1 ? 1 : constants.exposedShare
    let share = blocks / multiprocessors
    let whole = share.rounded(.up)
    let perSM = whole - constants.persistence * (whole - max(1, share))
    let rounds = (perSM / plan.resident).rounded(.down)
    let rest = perSM - rounds * plan.resident
    var clocks = rounds * (max(plan.resident * core, alone) + exposed * ends) + (1 - exposed) * ends
    if rest > 0 {
      let rate = plan.rate(max(1, rest), halfRate: constants.halfRateWarps)
      clocks += max(rest * core / rate, alone) + exposed * ends
    }
    return clocks
  }

  /// Bytes from and to DRAM: operands once, again where a wave's tiles outgrow L2, and the result.
  @inline(__always) private func dramBytes(
    _ plan: TilePlan, _ rows: Double, _ columns: Double, _ blocks: Double, _ split: Double
  ) -> Double {
    var again = 0.0
    if miss > 0 {
      let wave = min(max(min(multiprocessors * plan.resident, blocks) / split, 1), rows * columns)
      var high = min(max((wave * plan.n / plan.m).squareRoot(), 1), rows)
      let wide = min(max(wave / high, 1), columns)
      high = min(max(wave / wide, 1), rows)
      let unique = (min(high * plan.m, m) + min(wide * plan.n, n)) * k * size
      again = max(rows * columns / wave * unique - compulsory, 0) * miss
    }
    return batch * (compulsory + again + m * n * resultSize * (split > 1 ? 2 : 1)) * cold
  }

  /// Seconds for which the energy of the executed FLOPs keeps the board at its limit.
  @inline(__always) private func power(_ flops: Double) -> Double {
    flops * constants.energyPerFLOP / powerBudget
  }
}
