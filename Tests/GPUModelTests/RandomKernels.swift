import Cluster
import GPUModel

/// Kernels of every kind with random shapes, from one value to more than a GPU holds: the same for the same seed.
struct RandomKernels {
  private var random: RandomOperations

  init(seed: UInt64) { random = RandomOperations(seed: seed) }

  /// Sizes spread over their magnitude, and next to powers of two as often as not.
  private mutating func size(_ most: Int) -> Int {
    let power = 1 << random.number(0...most)
    return random.coin() ? power : max(1, power + random.number(0...power) - random.number(0...1))
  }

  mutating func power() -> PowerState { random.pick(PowerState.allCases) }

  mutating func kernel(_ gpu: GPU) -> Kernel {
    let precision = random.pick(MathPrecision.allCases.filter { gpu.matmulRates[$0] != nil })
    switch random.number(0...5) {
    case 0, 1, 2:
      return .matmul(
        MatmulKernel(
          batch: random.coin() ? 1 : size(4), m: size(17), n: size(17), k: size(17), precision: precision,
          layout: random.pick(MatmulKernel.Layout.allCases), resultSize: random.pick([2, 4, 8]),
          accumulates: random.coin()))
    case 3:
      let count = size(31)
      return .streaming(
        StreamingKernel(
          bytesRead: 4 * count, bytesWritten: 2 * count, operations: count * random.number(0...40),
          specialFunctions: random.coin() ? count : 0, elements: count,
          rowBlocks: random.coin() ? 0 : max(1, count / 4096)))
    case 4:
      return .rows(
        RowKernel(
          random.pick(RowKernel.Function.allCases), rows: size(20), columns: size(17), size: random.pick([2, 4]),
          isScalar: random.coin()))
    default:
      let heads = size(6)
      let queries = size(14)
      return .attention(
        AttentionKernel(
          batch: size(6), queries: queries, keys: random.coin() ? queries : queries + size(12), heads: heads,
          keyValueHeads: random.coin() ? heads : 1, headSize: random.pick([32, 64, 80, 96, 128, 192, 256]),
          valueSize: random.pick([64, 128]),
          causal: random.coin(), backward: random.coin(), precision: precision, fillsCache: random.coin()))
    }
  }
}
