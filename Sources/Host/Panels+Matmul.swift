import Kernels
import Program
import Quantities

/// A matrix product with 16-bit operands, in blocks that OpenBLAS is given in fp32.
///
/// Blocks are so large that a value is converted once per thousand multiply-adds and more, and so small that staging
/// stays within 34 MiB however large the matrices: A 1024 × 2048, B 2048 × 2048, C 1024 × 2048. A block that was just
/// staged is not staged again.
struct PanelProduct {
  private let shape: MatmulShape
  private let a, b, c: Source
  private let bias: Region?
  private let m, n, k: Cut

  init(
    _ s: MatmulShape, _ type: ScalarType, _ result: ScalarType, _ r: [Region], _ w: [Region], _ staging: Staging
  ) {
    precondition(type != .float64 && result != .float64, "a block is multiplied in fp32, and has fp64 values")
    shape = s
    (m, n, k) = (Cut(s.m, most: 1024), Cut(s.n, most: 2048), Cut(s.k, most: 2048))
    a = Source(r[0], type, stride: s.transposeA ? s.m : s.k, s.transposeA ? (k, m) : (m, k), staging)
    b = Source(r[1], type, stride: s.transposeB ? s.k : s.n, s.transposeB ? (n, k) : (k, n), staging)
    c = Source(w[0], result, stride: s.n, (m, n), staging)
    guard s.bias, type.isHalf else {
      bias = s.bias ? r[2] : nil
      return
    }
    let staged = staging.take(singles: s.n)
    convert(from: r[2], type, to: staged, .float32, count: s.n)
    bias = staged
  }

  func run() {
    var (left, right) = (Held(a), Held(b))
    for columns in n.ranges {
      for rows in m.ranges {
        begin(rows, columns)
        for (index, depth) in k.ranges.enumerated() {
          let (x, y) = (
            left.block(shape.transposeA ? (depth, rows) : (rows, depth)),
            right.block(shape.transposeB ? (columns, depth) : (depth, columns))
          )
          matmulBlock(
            x, y, c.place(rows, columns), m: rows.count, n: columns.count, k: depth.count,
            transposeA: shape.transposeA, transposeB: shape.transposeB,
            accumulate: index > 0 || shape.accumulate || bias != nil)
        }
        c.store(rows, columns)
      }
    }
  }

  /// What the products of a block of C are added to.
  private func begin(_ rows: Range<Int>, _ columns: Range<Int>) {
    if shape.accumulate { c.load(rows, columns) }
    guard let bias else { return }
    let part = bias.slice(byteOffset: 4 * columns.lowerBound, byteCount: 4 * columns.count)
    biasBlock(
      c.place(rows, columns), bias: part, rows: rows.count, columns: columns.count, accumulate: shape.accumulate)
  }
}

/// One dimension in blocks of about the same size.
private struct Cut {
  let count, block: Int

  init(_ count: Int, most: Int) {
    let blocks = max(1, (count + most - 1) / most)
    self.count = count
    block = min(max(count, 1), ((count + blocks - 1) / blocks + 15) / 16 * 16)
  }

  var ranges: [Range<Int>] {
    stride(from: 0, to: max(count, 1), by: block).map { $0..<min(count, $0 + block) }
  }
}

/// A matrix in memory and, where that is 16-bit, room for one fp32 block of it.
private struct Source {
  let region: Region
  let type: ScalarType
  let stride: Int
  let staging: MatrixBlock?

  init(_ region: Region, _ type: ScalarType, stride: Int, _ cuts: (Cut, Cut), _ room: Staging) {
    (self.region, self.type, self.stride) = (region, type, stride)
    // Sixteen values more than the width: rows that are a power of two apart would meet in the same cache lines.
    let width = cuts.1.block + 16
    staging = type.isHalf ? MatrixBlock(room.take(singles: cuts.0.block * width), stride: width) : nil
  }

  private func view(_ rows: Range<Int>, _ columns: Range<Int>) -> Region {
    let offset = (rows.lowerBound * stride + columns.lowerBound) * type.size
    let count = max(0, rows.count - 1) * stride + columns.count
    return region.slice(byteOffset: offset, byteCount: count * type.size)
  }

  /// Where a block is computed with.
  func place(_ rows: Range<Int>, _ columns: Range<Int>) -> MatrixBlock {
    staging ?? MatrixBlock(view(rows, columns), stride: stride)
  }

  func load(_ rows: Range<Int>, _ columns: Range<Int>) {
    guard let staging else { return }
    convertBlock(
      from: view(rows, columns), type, stride: stride, to: staging.region, .float32, stride: staging.stride,
      rows: rows.count, columns: columns.count)
  }

  func store(_ rows: Range<Int>, _ columns: Range<Int>) {
    guard let staging else { return }
    convertBlock(
      from: staging.region, .float32, stride: staging.stride, to: view(rows, columns), type, stride: stride,
      rows: rows.count, columns: columns.count)
  }
}

/// A matrix of which one block is staged.
private struct Held {
  let source: Source
  private var block: (Range<Int>, Range<Int>)?

  init(_ source: Source) { self.source = source }

  mutating func block(_ wanted: (Range<Int>, Range<Int>)) -> MatrixBlock {
    if block.map({ $0 != wanted }) ?? true { source.load(wanted.0, wanted.1) }
    block = wanted
    return source.place(wanted.0, wanted.1)
  }
}
