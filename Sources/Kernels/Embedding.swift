package import Quantities

/// y[row] = dropout(tokens[id[row]] + positions[row mod sequence]).
///
/// Ids must be below the vocabulary: whoever loads a corpus checks that, once.
package func embedding(
  _ type: ScalarType, tokens: Region, positions: Region, ids: Region, y: Region, rows: Int, columns: Int,
  vocabulary: Int, sequence: Int, mask: MaskKey?
) {
  type == .float64
    ? forward(Double.self, tokens, positions, ids, y, rows, columns, vocabulary, sequence)
    : forward(Float.self, tokens, positions, ids, y, rows, columns, vocabulary, sequence)
  if let mask { dropout(type, y, y, rows: rows, columns: columns, mask: mask) }
}

private func forward<T: KernelScalar>(
  _: T.Type, _ tokens: Region, _ positions: Region, _ ids: Region, _ y: Region, _ rows: Int, _ columns: Int,
  _ vocabulary: Int, _ sequence: Int
) {
  let (tokens, positions) = (tokens.values(T.self, vocabulary * columns), positions.values(T.self, sequence * columns))
  let (ids, y) = (ids.values(Int32.self, rows), y.values(T.self, rows * columns))
  for row in 0..<rows {
    let id = Int(ids[row])
    guard id >= 0, id < vocabulary else {
      fatalError("token \(id) at row \(row) is not in a vocabulary of \(vocabulary)")
    }
    let (token, position, output) = (tokens + id * columns, positions + row % sequence * columns, y + row * columns)
    for j in 0..<columns { output[j] = token[j] + position[j] }
  }
}

/// tokens[id[row]] += dy[row] and positions[row mod sequence] += dy[row], rows in ascending order. With a mask, dy is dropped first.
package func embeddingBackward(
  _ type: ScalarType, dy: Region, ids: Region, dtokens: Region, dpositions: Region, rows: Int, columns: Int,
  vocabulary: Int, sequence: Int, mask: MaskKey?
) {
  type == .float64
    ? backward(Double.self, dy, ids, dtokens, dpositions, rows, columns, vocabulary, sequence, mask)
    : backward(Float.self, dy, ids, dtokens, dpositions, rows, columns, vocabulary, sequence, mask)
}

private func backward<T: KernelScalar>(
  _: T.Type, _ dy: Region, _ ids: Region, _ dtokens: Region, _ dpositions: Region, _ rows: Int, _ columns: Int,
  _ vocabulary: Int, _ sequence: Int, _ mask: MaskKey?
) {
  let (dy, ids) = (dy.values(T.self, rows * columns), ids.values(Int32.self, rows))
  let tokens = dtokens.values(T.self, vocabulary * columns)
  let positions = dpositions.values(T.self, sequence * columns)
  for row in 0..<rows {
    let upstream = dy + row * columns
    let (token, position) = (tokens + Int(ids[row]) * columns, positions + row % sequence * columns)
    if let mask {
      let (keep, scale) = (mask.row(row), T(mask.scale))
      for j in 0..<columns {
        let value = keep.keeps(j) ? upstream[j] * scale : 0
        token[j] += value
        position[j] += value
      }
    } else {
      for j in 0..<columns { token[j] += upstream[j] }
      for j in 0..<columns { position[j] += upstream[j] }
    }
  }
}
