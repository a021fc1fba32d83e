/// Which values of one head's score rows are dropped.
struct HeadMask {
  var key: MaskKey
  /// Counted from the operand's first.
  var sample: Int
  /// Counted over the whole model.
  var head: Int

  @inline(__always)
  func drop<T: KernelScalar>(_ line: UnsafeMutablePointer<T>, _ length: Int, query: Int) {
    let keep = key.row(sample * key.sequence + query, head: head + 1)
    let scale = T(key.scale)
    for j in 0..<length { line[j] = keep.keeps(j) ? line[j] * scale : 0 }
  }
}

/// What the forward and the backward pass of one head share: its panels, and score strips of a block of queries.
struct AttentionHead<T: KernelScalar> {
  typealias Values = UnsafeMutablePointer<T>
  typealias Tile = RegisterTile<T>
  let panels: AttentionPanels<T>
  let causal: Bool

  /// Queries of one block: its score strips stay in a core's cache.
  static var blockRows: Int { 32 }
  var sequence: Int { panels.sequence }
  var size: Int { panels.size }
  /// Values of one strip at the most.
  var stripCount: Int { Self.blockRows * panels.keyPanels * Tile.width }

  /// Keys that some query before `end` attends to.
  @inline(__always)
  func reach(_ end: Int) -> Int { causal ? min(end, sequence) : sequence }

  /// Row stride of a block's strip: whole key panels.
  @inline(__always)
  func stride(_ block: Range<Int>) -> Int { (reach(block.upperBound) + Tile.width - 1) / Tile.width * Tile.width }

  /// strip[block, keys] = rows·transposedᵀ; panels that no query of a tile reaches are left as they are.
  @inline(__always)
  func score(_ block: Range<Int>, _ rows: Values, _ transposed: Values, _ strip: Values) {
    let ld = stride(block)
    for panel in 0..<ld / Tile.width {
      for first in Swift.stride(from: block.lowerBound, to: block.upperBound, by: Tile.height) {
        if causal && panel * Tile.width > first + Tile.height - 1 { continue }
        let tile = Tile(
          size, rows + first * size, rowStride: size, columnStride: 1, transposed + panel * size * Tile.width)
        tile.store(strip + (first - block.lowerBound) * ld + panel * Tile.width, stride: ld)
      }
    }
  }

  /// target[block, features] = strip·panels·scale of the row.
  @inline(__always)
  func apply(
    _ block: Range<Int>, _ strip: Values, _ features: Values, to target: Values, stride: Int, scale: (Int) -> T
  ) {
    let ld = self.stride(block)
    withUnsafeTemporaryAllocation(of: T.self, capacity: Tile.height * Tile.width) { corner in
      let corner = corner.baseAddress!
      for panel in 0..<panels.featurePanels {
        let columns = min(Tile.width, size - panel * Tile.width)
        for first in Swift.stride(from: block.lowerBound, to: block.upperBound, by: Tile.height) {
          let tile = Tile(
            reach(first + Tile.height), strip + (first - block.lowerBound) * ld, rowStride: ld, columnStride: 1,
            features + panel * panels.paddedRows * Tile.width)
          tile.store(corner, stride: Tile.width)
          for row in first..<min(first + Tile.height, block.upperBound) {
            let (from, to) = (corner + (row - first) * Tile.width, target + row * stride + panel * Tile.width)
            let factor = scale(row)
            if columns == Tile.width {
              scaleLine(from, factor, to: to)
            } else {
              for i in 0..<columns { to[i] = from[i] * factor }
            }
          }
        }
      }
    }
  }

  /// sums[keys, features] += stripᵀ·rows of the block.
  @inline(__always)
  func collect(_ block: Range<Int>, _ strip: Values, _ features: Values, into sums: Values) {
    let ld = stride(block)
    for panel in 0..<panels.featurePanels {
      let base = panel * panels.paddedRows
      for key in Swift.stride(from: 0, to: reach(block.upperBound), by: Tile.height) {
        let first = causal ? max(block.lowerBound, key) : block.lowerBound
        guard first < block.upperBound else { continue }
        let tile = Tile(
          block.upperBound - first, strip + (first - block.lowerBound) * ld + key, rowStride: 1, columnStride: ld,
          features + (base + first) * Tile.width)
        tile.add(to: sums + (base + key) * Tile.width, stride: Tile.width)
      }
    }
  }
}
