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

  /// - Errors: `MeasurementError` for an unclosed quote, a row longer than the header, or a required column that is missing.
  package init(parsing text: String, name: String, requiring required: [String] = []) throws(MeasurementError) {
    self.name = name
    var records = try CSVTable.records(text, name)
    guard !records.isEmpty else { throw MeasurementError("\(name): is empty; its first line must name the columns") }
    let header = records.removeFirst().cells
    let missing = required.filter { !header.contains($0) }
    guard missing.isEmpty else {
      throw MeasurementError("\(name): has no column \(missing.joined(separator: ", ")); it needs \(required.joined(separator: ", "))")
    }
    if let long = records.first(where: { $0.cells.count > header.count }) {
      throw MeasurementError("\(name), line \(long.line): has \(long.cells.count) cells under \(header.count) columns")
    }
    let columns = Dictionary(zip(header, header.indices), uniquingKeysWith: { first, _ in first })
    self.header = header
    rows = records.map { Row(line: $0.line, cells: $0.cells, columns: columns) }
  }

  private static func records(_ text: String, _ name: String) throws(MeasurementError) -> [(line: Int, cells: [String])] {
    var records: [(line: Int, cells: [String])] = []
    var cells: [String] = []
    var cell: [UInt8] = []
    var (line, first, quoted) = (1, 1, false)
    let bytes = Array(text.utf8)
    var index = 0
    func endRecord() {
      cells.append(String(decoding: cell, as: UTF8.self))
      if cells != [""] { records.append((first, cells)) }
      (cells, cell) = ([], [])
    }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "\n") { line += 1 }
      switch byte {
      case UInt8(ascii: "\"") where quoted && index < bytes.count && bytes[index] == UInt8(ascii: "\""):
        cell.append(byte)
        index += 1
      case UInt8(ascii: "\""): quoted.toggle()
      case UInt8(ascii: ",") where !quoted:
        cells.append(String(decoding: cell, as: UTF8.self))
        cell = []
      case UInt8(ascii: "\r") where !quoted: break
      case UInt8(ascii: "\n") where !quoted:
        endRecord()
        first = line
      default: cell.append(byte)
      }
    }
    guard !quoted else { throw MeasurementError("\(name), line \(first): a quote is opened and never closed") }
    if !cell.isEmpty || !cells.isEmpty { endRecord() }
    return records
  }
}

/// A file of measurements that cannot be read as one.
package struct MeasurementError: Error, Hashable, CustomStringConvertible {
  package var description: String
  package init(_ description: String) { self.description = description }
}
