import Measurements
import Testing

@Suite struct CSVTableTests {
  private func cells(_ text: String, _ column: String) throws -> [String] {
    try CSVTable(parsing: text, name: "t.csv").rows.map { $0[column] }
  }

  @Test func `cells are read by column name, and a missing one is empty`() throws {
    #expect(try cells("a,b\n1,2\n3\n", "b") == ["2", ""])
    #expect(try cells("a,b\n1,2\n", "c") == [""])
  }

  @Test(arguments: [
    ("a,b\n\"x,y\",2\n", "x,y"), ("a,b\n\"x\"\"y\",2\n", "x\"y"), ("a,b\n\"x\ny\",2\n", "x\ny"),
    ("a,b\n\"\",2\n", ""), ("a,b\n\"\"\"\",2\n", "\""), ("a,b\nGrüße,2\n", "Grüße"), ("a,b\n\"x\r\ny\",2\n", "x\r\ny"),
  ])
  func `quotes protect commas, quotes and lines`(text: String, cell: String) throws {
    #expect(try cells(text, "a") == [cell])
    #expect(try cells(text, "b") == ["2"])
  }

  @Test func `CRLF, blank lines and a missing last line end change nothing`() throws {
    let plain = try CSVTable(parsing: "a,b\n1,2\n3,4\n", name: "t.csv")
    for text in ["a,b\r\n1,2\r\n3,4\r\n", "a,b\n\n1,2\n\n\n3,4\n", "a,b\n1,2\n3,4"] {
      let table = try CSVTable(parsing: text, name: "t.csv")
      #expect(table.header == plain.header)
      #expect(table.rows.map { [$0["a"], $0["b"]] } == [["1", "2"], ["3", "4"]])
    }
  }

  @Test func `a byte order mark, CRLF and the order of columns change nothing`() throws {
    let columns = ["id", "b", "c"]
    for first in columns {
      for second in columns where second != first {
        let order = [first, second] + columns.filter { $0 != first && $0 != second }
        for mark in ["", "\u{FEFF}"] {
          for end in ["\n", "\r\n"] {
            let lines = [order, order.map { "of \($0)" }].map { $0.joined(separator: ",") }
            let text = mark + lines.map { $0 + end }.joined()
            let table = try CSVTable(parsing: text, name: "t.csv", requiring: columns)
            #expect(table.header == order)
            for column in columns { #expect(table.rows.map { $0[column] } == ["of \(column)"]) }
          }
        }
      }
    }
  }

  @Test(arguments: 0..<4, 0..<4)
  func `a column that is named twice is refused by name, wherever the two are`(first: Int, second: Int) throws {
    var header = ["a", "b", "c", "d"]
    header[second] = header[first]
    let text = header.joined(separator: ",") + "\n1,2,3,4\n"
    guard first != second else {
      #expect(try CSVTable(parsing: text, name: "t.csv").rows.count == 1)
      return
    }
    #expect(throws: MeasurementError("t.csv: has two columns \(header[first]); which of them counts?")) {
      try CSVTable(parsing: text, name: "t.csv")
    }
  }

  @Test func `columns without a name are no columns`() throws {
    #expect(try cells("a,,b,\n1,,2,\n", "b") == ["2"])
  }

  @Test func `what is written as a table is read as it was`() throws {
    let cells = ["", "x", "x,y", "x\"y", "\"", "\"\"", "x\ny", "x\r\ny", ",", "Grüße", " x ", "×"]
    for first in cells {
      for second in cells {
        let table = try CSVTable(parsing: csvText([["a", "b,\"c"], [first, second], ["1", "2"]]), name: "t.csv")
        #expect(table.header == ["a", "b,\"c"])
        #expect(table.rows.last?["b,\"c"] == "2")
        guard first + second != "" else { continue }
        #expect(table.rows.map { [$0["a"], $0["b,\"c"]] } == [[first, second], ["1", "2"]])
      }
    }
  }

  @Test func `a row knows the line on which it begins, after cells of several lines too`() throws {
    let table = try CSVTable(parsing: "a\n\"x\ny\"\n\nz\n", name: "t.csv")
    #expect(table.rows.map(\.line) == [2, 5])
  }

  @Test(arguments: [
    ("", "t.csv: is empty; its first line must name the columns"),
    ("b\n1\n", "t.csv: has no column a; it needs a, b"),
    ("c\n1\n", "t.csv: has no column a, b; it needs a, b"),
    ("a,b\n1,2\n1,2,3\n", "t.csv, line 3: has 3 cells under 2 columns"),
    ("a,b\n1,2\n\"1,2\n3,4\n", "t.csv, line 3: a quote is opened and never closed"),
  ])
  func `what is no table is refused with file, line and reason`(text: String, message: String) {
    #expect(throws: MeasurementError(message)) {
      try CSVTable(parsing: text, name: "t.csv", requiring: ["a", "b"])
    }
  }
}
