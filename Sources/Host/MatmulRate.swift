import Foundation
import Kernels
package import Quantities

/// What one core reaches in matrix products now: the median of several 512³ products. The yardstick of a run's utilization.
package func measureMatmulRate(_ type: ScalarType) throws -> ComputeRate {
  let (size, arena) = (512, try Arena())
  let regions = (0..<3).map { _ in arena.allocate(size * size * type.size) }
  for region in regions { fill(type, region, count: size * size, value: 0.5) }
  let seconds = (0..<9).map { _ in
    let start = DispatchTime.now().uptimeNanoseconds
    matmul(
      type, regions[0], regions[1], bias: nil, regions[2], m: size, n: size, k: size, transposeA: false,
      transposeB: false, accumulate: false)
    return Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
  }
  return FLOPCount(2 * size * size * size) / seconds.sorted()[seconds.count / 2]
}

/// One line that says why this processor cannot run what was built; nil where it can.
package func processorProblem() -> String? { missingCPUFeatures() }

/// Ranks share the cores, so a matrix product uses one thread.
package func useOneMatmulThread() { setMatmulThreads(1) }
