/// Rows of cells as aligned text; the first row has the titles.
package struct TextTable {
  private let rows: [[String]]
  private let leftAligned: Set<Int>

  /// - Parameter leftAligned: the columns of words; those of numbers are aligned to the right.
  package init(_ rows: [[String]], leftAligned: Set<Int> = [0]) {
    (self.rows, self.leftAligned) = (rows, leftAligned)
  }

  package var lines: [String] {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let cells = row.indices.map { padded(row[$0], to: widths[$0], left: leftAligned.contains($0)) }
      return String(cells.joined(separator: "  ").reversed().drop { $0 == " " }.reversed())
    }
  }

  private func padded(_ text: String, to width: Int, left: Bool) -> String {
    let blank = String(repeating: " ", count: width - text.count)
    return left ? text + blank : blank + text
  }
}
