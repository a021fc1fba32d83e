package import Quantities

/// Rows of a batch, of which the first is its row `firstRow`, and a table of positions: row r has position r mod sequence.
package struct PositionLoop: Sendable {
  package var rows, columns, positions, sequence, firstRow: Int

  package init(rows: Int, columns: Int, positions: Int, sequence: Int, firstRow: Int) {
    (self.rows, self.columns, self.positions) = (rows, columns, positions)
    (self.sequence, self.firstRow) = (sequence, firstRow)
    require(sequence <= positions, "a sequence of \(sequence) has no row each in a table of \(positions) positions")
  }

  /// Where in the table the row's position begins.
  @inline(__always)
  func offset(_ row: Int) -> Int { (firstRow + row) % sequence * columns }
}

/// x[row] = dropout(x[row] + table[position of the row]), in place.
package func addPositions(_ type: ScalarType, _ s: PositionLoop, table: Region, x: Region, mask: MaskKey?) {
  type.isDouble ? forward(Double.self, s, table, x, mask) : forward(Float.self, s, table, x, mask)
}

private func forward<T: KernelScalar>(
  _: T.Type, _ s: PositionLoop, _ table: Region, _ x: Region, _ mask: MaskKey?
) {
  let (table, x) = (table.values(T.self, s.positions * s.columns), x.values(T.self, s.rows * s.columns))
  for row in 0..<s.rows {
    let (position, values) = (table + s.offset(row), x + row * s.columns)
    if let mask {
      let (keep, scale) = (mask.row(row), T(mask.scale))
      for j in 0..<s.columns { values[j] = keep.keeps(j) ? (values[j] + position[j]) * scale : 0 }
    } else {
      for j in 0..<s.columns { values[j] += position[j] }
    }
  }
}

/// dx ← dx ∘ mask / (1 − p) in place, then dtable[position of the row] += dx[row], rows in ascending order.
package func addPositionsBackward(_ type: ScalarType, _ s: PositionLoop, dx: Region, dtable: Region, mask: MaskKey?) {
  if let mask { dropout(type, dx, dx, rows: s.rows, columns: s.columns, mask: mask) }
  type.isDouble ? backward(Double.self, s, dx, dtable) : backward(Float.self, s, dx, dtable)
}

private func backward<T: KernelScalar>(_: T.Type, _ s: PositionLoop, _ dx: Region, _ dtable: Region) {
  let (dx, dtable) = (dx.values(T.self, s.rows * s.columns), dtable.values(T.self, s.positions * s.columns))
  for row in 0..<s.rows {
    let (upstream, sum) = (dx + row * s.columns, dtable + s.offset(row))
    for j in 0..<s.columns { sum[j] += upstream[j] }
  }
}
