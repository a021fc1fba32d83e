/// The lines of a calibration that is written as `Calibration.text` writes it: a small part of YAML, for which a YAML parser, which
/// builds a node of every scalar, takes thirty times as long.
///
/// Names stand on lines of their own, two spaces deeper than what holds them; numbers follow their names; list elements are in single
/// quotes. Comments and empty lines may stand between them. All of it is printable ASCII.
struct PlainLines {
  private let bytes: [UInt8]
  /// Where the line after the current one starts.
  private var end = 0
  /// Nil at the end.
  private var line: Line?

  /// - Errors: `OtherForm` for characters other than printable ASCII: some of them are line breaks to YAML, some are forbidden.
  init(_ text: String) throws(OtherForm) {
    bytes = Array(text.utf8)
    guard bytes.reduce(true, { $0 && ((0x20...0x7e).contains($1) || $1 == newline) }) else { throw OtherForm() }
    advance()
  }

  var isAtEnd: Bool { line == nil }

  /// Goes to the next line that has content.
  private mutating func advance() {
    repeat {
      guard end < bytes.count else {
        line = nil
        return
      }
      let rest = bytes[end...]
      let whole = rest[..<(rest.firstIndex(of: newline) ?? bytes.count)]
      line = Line(whole)
      end = whole.endIndex + 1
    } while line?.hasContent == false
  }

  /// The name of a section; nil at the end.
  mutating func section() throws(OtherForm) -> String? {
    guard line != nil else { return nil }
    let (name, rest) = try entry(depth: 0)
    guard rest.isEmpty else { throw OtherForm() }
    return name
  }

  mutating func list() throws(OtherForm) -> [String] {
    var elements: [String] = []
    while let line, line.depth == 2 {
      guard line.content.starts(with: "- ".utf8) else { throw OtherForm() }
      elements.append(try quoted(line.content.dropFirst(2)))
      advance()
    }
    guard !elements.isEmpty else { throw OtherForm() }
    return elements
  }

  mutating func tables() throws(OtherForm) -> [String: Calibration.Tables] {
    try table(depth: 2) { lines throws(OtherForm) in
      try lines.table(depth: 4) { lines throws(OtherForm) in try lines.constants(depth: 6) }
    }
  }

  private mutating func table<Value>(
    depth: Int, _ read: (inout PlainLines) throws(OtherForm) -> Value
  ) throws(OtherForm) -> [String: Value] {
    try named(depth: depth) { lines, rest throws(OtherForm) in
      guard rest.isEmpty else { throw OtherForm() }
      return try read(&lines)
    }
  }

  private mutating func constants(depth: Int) throws(OtherForm) -> [String: Double] {
    try named(depth: depth) { _, rest throws(OtherForm) in
      guard rest.first == space else { throw OtherForm() }
      return try number(rest.dropFirst())
    }
  }

  /// The names at a depth, each with what `read` makes of the rest of its line and of the lines below it.
  ///
  /// - Errors: `OtherForm` for no name, which YAML takes for no value, and for one that is there twice.
  private mutating func named<Value>(
    depth: Int, _ read: (inout PlainLines, ArraySlice<UInt8>) throws(OtherForm) -> Value
  ) throws(OtherForm) -> [String: Value] {
    var found = [String: Value](minimumCapacity: 6)
    while line?.depth == depth {
      let (name, rest) = try entry(depth: depth)
      guard found.updateValue(try read(&self, rest), forKey: name) == nil else { throw OtherForm() }
    }
    guard !found.isEmpty else { throw OtherForm() }
    return found
  }

  private mutating func entry(depth: Int) throws(OtherForm) -> (name: String, rest: ArraySlice<UInt8>) {
    guard let line, line.depth == depth, let colon = line.content.firstIndex(of: UInt8(ascii: ":")) else {
      throw OtherForm()
    }
    advance()
    return (try name(line.content[..<colon]), line.content[(colon + 1)...])
  }
}

/// Text that may be sound YAML, and is not in the form of `PlainLines`.
struct OtherForm: Error {}

private struct Line {
  /// Spaces before the content.
  let depth: Int
  let content: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) {
    content = bytes.drop { $0 == space }
    depth = content.startIndex - bytes.startIndex
  }

  var hasContent: Bool { content.first.map { $0 != UInt8(ascii: "#") } ?? false }
}

private let newline = UInt8(ascii: "\n")
private let space = UInt8(ascii: " ")
private let quote = UInt8(ascii: "'")

/// A key, in single quotes or of letters, digits, dots and underscores; no longer than YAML allows.
///
/// Names that YAML or its decoder give a meaning of their own (`<<`, `yamlTag`) are of another form.
private func name(_ bytes: ArraySlice<UInt8>) throws(OtherForm) -> String {
  guard (1...200).contains(bytes.count) else { throw OtherForm() }
  let isQuoted = bytes.first == quote
  let name = isQuoted ? try quoted(bytes) : String(decoding: bytes, as: UTF8.self)
  guard isQuoted || bytes.allSatisfy(isPlain), name != "<<", !name.hasPrefix("yaml") else { throw OtherForm() }
  return name
}

private func isPlain(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"),
    UInt8(ascii: "."):
    true
  default: isDigit(byte)
  }
}

/// What stands in single quotes, where a quote is written twice.
private func quoted(_ bytes: ArraySlice<UInt8>) throws(OtherForm) -> String {
  guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { throw OtherForm() }
  let inner = bytes.dropFirst().dropLast()
  guard inner.contains(quote) else { return String(decoding: inner, as: UTF8.self) }
  let text = String(decoding: inner, as: UTF8.self)
  guard !text.replacing("''", with: "").contains("'") else { throw OtherForm() }
  return text.replacing("''", with: "'")
}

/// A decimal number; what else YAML has for numbers (`1_000`, `.inf`, `1:30`) is of another form.
private func number(_ bytes: ArraySlice<UInt8>) throws(OtherForm) -> Double {
  guard bytes.first.map(isDigit) == true, bytes.allSatisfy({ isDigit($0) || ".eE+-".utf8.contains($0) }) else {
    throw OtherForm()
  }
  guard let value = Double(String(decoding: bytes, as: UTF8.self)) else { throw OtherForm() }
  return value
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
