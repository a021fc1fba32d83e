/// The records of comma-separated text, as RFC 4180 has them; blank lines are none.
struct CSVRecords {
  private(set) var records: [(line: Int, cells: [String])] = []
  private var cells: [String] = []
  private var cell: [UInt8] = []
  /// The line that is read, and the one on which the record began.
  private var (line, first) = (1, 1)
  private var isQuoted = false

  /// - Errors: `MeasurementError` for a quote that is never closed.
  init(_ text: String, _ name: String) throws(MeasurementError) {
    let bytes = Array(text.utf8)
    var index = 0
    while index < bytes.count {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      index += read(bytes[index], before: next)
    }
    guard !isQuoted else {
      throw MeasurementError("\(name), line \(first): a quote is opened and never closed")
    }
    if !cell.isEmpty || !cells.isEmpty { endRecord() }
  }

  /// Returns how many bytes were read: two of a doubled quote.
  private mutating func read(_ byte: UInt8, before next: UInt8) -> Int {
    let (quote, comma) = (UInt8(ascii: "\""), UInt8(ascii: ","))
    let (lineFeed, carriageReturn) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    if byte == lineFeed { line += 1 }
    switch byte {
    case quote where isQuoted && next == quote:
      cell.append(byte)
      return 2
    case quote: isQuoted.toggle()
    case comma where !isQuoted: endCell()
    case carriageReturn where !isQuoted: break
    case lineFeed where !isQuoted: endRecord()
    default: cell.append(byte)
    }
    return 1
  }

  private mutating func endCell() {
    cells.append(String(decoding: cell, as: UTF8.self))
    cell = []
  }

  private mutating func endRecord() {
    endCell()
    if cells != [""] { records.append((first, cells)) }
    cells = []
    first = line
  }
}
