import Cluster

/// A fused attention's tiles, blocks and bytes.
struct AttentionWork {
  /// Tiles of all blocks, blocks, and tiles of the longest block.
  var tiles, blocks, longest: Double
  /// Padding of heads included.
  var flopsPerTile: Double
  var bytes: Double
  /// Bytes that filling the cache reads and writes.
  var cacheBytes: Double

  init(_ kernel: AttentionKernel) {
    let side = AttentionModel.tile
    let heads = Double(kernel.batch) * Double(kernel.heads)
    let rows = (Double(kernel.queries) / side).rounded(.up)
    let columns = (Double(kernel.keys) / side).rounded(.up)
    tiles = heads * (kernel.causal ? AttentionWork.causal(rows, columns) : rows * columns)
    (blocks, longest) = (heads * rows, columns)
    // Scores and their gradients run over the head's size, values over their own.
    let depth = Double(AttentionWork.padded(kernel.headSize) + AttentionWork.padded(kernel.valueSize)) / 2
    flopsPerTile = (kernel.backward ? 10 : 4) * depth * side * side
    let width = Double(kernel.headSize + kernel.valueSize) * Double(kernel.batch * kernel.precision.size)
    let query = Double(kernel.heads) * Double(kernel.queries) * width
    let key = Double(kernel.keyValueHeads) * Double(kernel.keys) * width
    // The gradient reads both and the output's gradient, and writes both gradients.
    bytes = (query + key) * (kernel.backward ? 3 : 1)
    cacheBytes = kernel.fillsCache ? 2 * key : 0
  }

  /// Tiles on and below the diagonal: the last query sees every key.
  private static func causal(_ rows: Double, _ columns: Double) -> Double {
    let square = min(rows, columns)
    return square * max(0, columns - rows) + square * (square + 1) / 2
  }

  /// Heads are computed in steps of 32 values, above 128 in steps of 128.
  private static func padded(_ size: Int) -> Int {
    let step = size > 128 ? 128 : 32
    return (size + step - 1) / step * step
  }
}
