package import Quantities

/// y[row] = table[id[row] − first]; zero where that is not one of the table's rows: another rank has them.
package func tokenEmbedding(
  _ type: ScalarType, table: Region, ids: Region, y: Region, rows: Int, columns: Int, vocabulary: Int, first: Int
) {
  type.isDouble
    ? forward(Double.self, table, ids, y, rows, columns, vocabulary, first)
    : forward(Float.self, table, ids, y, rows, columns, vocabulary, first)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ table: Region, _ ids: Region, _ y: Region, _ rows: Int, _ columns: Int, _ vocabulary: Int, _ first: Int
) {
  let (table, y) = (table.values(T.self, vocabulary * columns), y.values(T.self, rows * columns))
  let ids = ids.values(Int32.self, rows)
  for row in 0..<rows {
    let (token, output) = (Int(ids[row]) - first, y + row * columns)
    if token >= 0, token < vocabulary {
      output.update(from: table + token * columns, count: columns)
    } else {
      output.update(repeating: 0, count: columns)
    }
  }
}

/// dtable[id[row] − first] += dy[row], rows in ascending order; rows whose token is not in the table are skipped.
package func tokenEmbeddingBackward(
  _ type: ScalarType, dy: Region, ids: Region, dtable: Region, rows: Int, columns: Int, vocabulary: Int, first: Int
) {
  type.isDouble
    ? backward(Double.self, dy, ids, dtable, rows, columns, vocabulary, first)
    : backward(Float.self, dy, ids, dtable, rows, columns, vocabulary, first)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ ids: Region, _ dtable: Region, _ rows: Int, _ columns: Int, _ vocabulary: Int,
  _ first: Int
) {
  let (dy, dtable) = (dy.values(T.self, rows * columns), dtable.values(T.self, vocabulary * columns))
  let ids = ids.values(Int32.self, rows)
  for row in 0..<rows {
    let token = Int(ids[row]) - first
    guard token >= 0, token < vocabulary else { continue }
    let (upstream, sum) = (dy + row * columns, dtable + token * columns)
    for j in 0..<columns { sum[j] += upstream[j] }
  }
}
