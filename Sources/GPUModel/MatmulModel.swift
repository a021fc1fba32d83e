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

  /// - Parameter batched: whether the library's tiles are those of strided batches.
  /// - Errors: `GPUError` where the GPU has no such products.
  package init(
    _ gpu: GPU, _ precision: MathPrecision, _ constants: MatmulConstants, batched: Bool = false
  ) throws(GPUError) {
    let (instruction, flopsPerClock) = try gpu.multiplier(precision)
    (self.gpu, self.precision, self.constants) = (gpu, precision, constants)
    plans = Tile.library(instruction, batched: batched, gpu.generation).compactMap {
      TilePlan($0, flopsPerClock: flopsPerClock, size: precision.size, on: gpu.limits, constants)
    }
    if plans.isEmpty { throw GPUError("\(gpu.name): no tile of a \(precision.rawValue) product fits") }
  }

  /// The parts of k that a library splits it into.
  private static let splits: [Double] = [2, 3, 4, 6, 8, 12, 16]

  /// The tile and the split that take the least time.
  func best(_ kernel: MatmulKernel, power: PowerState) -> MatmulChoice {
    let problem = MatmulProblem(kernel, precision, gpu, constants, power)
    var best = MatmulChoice(plan: 0, split: 1, seconds: .infinity)
    for index in plans.indices { best.improve(problem, plans[index], index, split: 1) }
    for (index, plan) in plans.enumerated() {
      let tiles = MatmulGrid(problem, plan).tiles
      guard tiles * plan.corePerK * problem.secondsPerTileK < best.seconds else { continue }
      for split in Self.splits {
        // Parts are worth it while they fill empty SMs, up to eight waves, and have a main loop of eight steps: cuBLAS splits no further.
        guard tiles * split <= 8 * problem.multiprocessors, problem.k >= 8 * plan.k * split else { break }
        best.improve(problem, plan, index, split: split)
      }
    }
    return best
  }
}

/// One way to compute a product, and its time.
struct MatmulChoice {
  var plan: Int
  var split: Double
  var seconds: Double

  /// Takes the candidate if it is faster.
  @inline(__always) mutating func improve(
    _ problem: MatmulProblem, _ plan: TilePlan, _ index: Int, split: Double
  ) {
    let constants = problem.constants
    let fixed = constants.launch + (split > 1 ? constants.splitCost : 0)
    let bounds = MatmulBounds(problem, plan, MatmulGrid(problem, plan), split: split)
    let room = seconds - fixed
    guard bounds.power < room, bounds.overlapped < fifth(room) else { return }
    let work = max(pow(bounds.overlapped, 0.2), bounds.power)
    guard work < room else { return }
    self = MatmulChoice(plan: index, split: split, seconds: work + fixed)
  }
}
