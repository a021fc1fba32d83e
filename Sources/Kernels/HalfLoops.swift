package import Quantities

/// y[i] = value, rounded to a 16-bit type.
package func fillHalf(_ type: ScalarType, _ y: Region, count: Int, value: Double) {
  type == .bfloat16
    ? y.values(BrainFloat.self, count).update(repeating: BrainFloat(double: value), count: count)
    : y.values(HalfFloat.self, count).update(repeating: HalfFloat(double: value), count: count)
}

/// y[row] = table[ids[row] − first], zero where that is not in the table: bytes are copied, whatever they stand for.
package func gatherRows(
  _ type: ScalarType, table: Region, ids: Region, y: Region, rows: Int, columns: Int, vocabulary: Int, first: Int
) {
  let width = columns * type.size
  let (table, y) = (table.values(UInt8.self, vocabulary * width), y.values(UInt8.self, rows * width))
  let ids = ids.values(Int32.self, rows)
  for row in 0..<rows {
    let (id, target) = (Int(ids[row]) - first, y + row * width)
    if id >= 0 && id < vocabulary {
      target.update(from: table + id * width, count: width)
    } else {
      target.update(repeating: 0, count: width)
    }
  }
}

/// gradient[ids[row] − first] += dy[row] for a 16-bit gradient. The rows of one id are summed in fp32, in ascending
/// order, and rounded once; other rows of the table are not touched.
///
/// - Parameters:
///   - order: scratch of `rows` 8-byte values.
///   - sum: scratch of `columns` fp32 values.
package func scatterRows(
  _ type: ScalarType, dy: Region, ids: Region, gradient: Region, _ gradientType: ScalarType, order: Region,
  sum: Region, rows: Int, columns: Int, vocabulary: Int, first: Int
) {
  let order = sortedRows(ids, order, rows, vocabulary, first)
  let (dyWidth, width) = (columns * type.size, columns * gradientType.size)
  var next = 0
  while next < order.count {
    let id = order[next] >> 32
    let target = gradient.slice(byteOffset: Int(id) * width, byteCount: width)
    convert(from: target, gradientType, to: sum, .float32, count: columns)
    while next < order.count, order[next] >> 32 == id {
      let row = Int(order[next] & 0xffff_ffff)
      accumulate(type, dy.slice(byteOffset: row * dyWidth, byteCount: dyWidth), sum, columns)
      next += 1
    }
    convert(from: sum, .float32, to: target, gradientType, count: columns)
  }
}

/// (row of the table, row of dy) in one number each, ascending; only those in this part of the table.
private func sortedRows(
  _ ids: Region, _ order: Region, _ rows: Int, _ vocabulary: Int, _ first: Int
) -> UnsafeMutableBufferPointer<UInt64> {
  let (ids, order) = (ids.values(Int32.self, rows), order.values(UInt64.self, rows))
  var count = 0
  for row in 0..<rows {
    let id = Int(ids[row]) - first
    guard id >= 0, id < vocabulary else { continue }
    order[count] = UInt64(id) << 32 | UInt64(row)
    count += 1
  }
  var sorted = UnsafeMutableBufferPointer(start: order, count: count)
  sorted.sort()
  return sorted
}

private func accumulate(_ type: ScalarType, _ x: Region, _ sum: Region, _ count: Int) {
  switch type {
  case .bfloat16: accumulateLoop(BrainFloat.self, x, sum, count)
  case .float16: accumulateLoop(HalfFloat.self, x, sum, count)
  case .float32, .float64, .int32: accumulateLoop(Float.self, x, sum, count)
  }
}

private func accumulateLoop<T: StoredScalar>(_: T.Type, _ x: Region, _ sum: Region, _ count: Int) {
  let (x, sum) = (x.values(T.self, count), sum.values(Float.self, count))
  for i in 0..<count { sum[i] += x[i].single }
}
