/// A table of comma-separated values: a header, and rows that are read by column name. Quotes as in RFC 4180.
package struct CSVTable: Sendable {
  package let name: String
  package let header: [String]
  package let rows: [Row]

  package struct Row: Sendable {
    /// The line of the file on which the row begins, from 1.
    package let line: Int
    fileprivate let cells: [String]
    fileprivate let columns: [String: Int]

    /// The cell's text; empty where the table has no such column.
    package subscript(_ column: String) -> String {
      guard let index = columns[column], index < cells.count else { return "" }
      return cells[index]
    }
  }

  /// A byte order mark, which spreadsheets write, is no part of the first column's name.
  ///
  /// - Errors: `MeasurementError` for an unclosed quote, a row longer than the header, a column that is named twice, or a required
  ///   one that is missing.
  package init(parsing text: String, name: String, requiring required: [String] = []) throws(MeasurementError) {
    self.name = name
    let bare = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    var records = try CSVRecords(bare, name).records
    guard !records.isEmpty else { throw MeasurementError("\(name): is empty; its first line must name the columns") }
    let header = records.removeFirst().cells
    try CSVTable.refuseSharedNames(header, name)
    let missing = required.filter { !header.contains($0) }
    guard missing.isEmpty else {
      let (gone, all) = (missing.joined(separator: ", "), required.joined(separator: ", "))
      throw MeasurementError("\(name): has no column \(gone); it needs \(all)")
    }
    if let long = records.first(where: { $0.cells.count > header.count }) {
      throw MeasurementError("\(name), line \(long.line): has \(long.cells.count) cells under \(header.count) columns")
    }
    let columns = Dictionary(zip(header, header.indices), uniquingKeysWith: { first, _ in first })
    self.header = header
    rows = records.map { Row(line: $0.line, cells: $0.cells, columns: columns) }
  }

  /// A cell is found by its column's name; columns without one are never asked for.
  private static func refuseSharedNames(_ header: [String], _ name: String) throws(MeasurementError) {
    var seen: Set<String> = []
    for column in header where !column.isEmpty && !seen.insert(column).inserted {
      throw MeasurementError("\(name): has two columns \(column); which of them counts?")
    }
  }
}

/// A file of measurements that cannot be read as one.
package struct MeasurementError: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
