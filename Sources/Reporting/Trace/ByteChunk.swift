/// JSON on its way to a file, a megabyte at a time, and whether a comma is due.
struct ByteChunk {
  private static let limit = 1 << 20
  private let file: OpenedFile
  private var bytes: [UInt8] = []
  private var hasEvents = false

  init(_ file: OpenedFile) {
    self.file = file
    // An event begun below the limit may end beyond it.
    bytes.reserveCapacity(Self.limit + 1 << 16)
  }

  /// Begins an event on a line of its own, and makes room for it.
  mutating func beginEvent(_ opening: [UInt8]) throws(ChromeTraceError) {
    if bytes.count >= Self.limit { try flush() }
    append(hasEvents ? ",\n" : "\n")
    hasEvents = true
    append(opening)
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func append(_ piece: [UInt8]) { bytes.append(contentsOf: piece) }

  mutating func append(_ number: Int) {
    if number < 0 { bytes.append(UInt8(ascii: "-")) }
    append(digits: number.magnitude)
  }

  /// Hands everything to the system.
  mutating func flush() throws(ChromeTraceError) {
    try file.write(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}

extension ByteChunk {
  /// Picoseconds as microseconds, exactly: `1500000` as `1.5`.
  mutating func append(microsecondsOf picoseconds: Int) {
    if picoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    let (whole, rest) = picoseconds.magnitude.quotientAndRemainder(dividingBy: 1_000_000)
    append(digits: whole)
    if rest > 0 { append(decimals: rest) }
  }

  /// The start of an event: its microseconds, exactly, and 0.4 ps more where a viewer needs it.
  ///
  /// Perfetto reads `1.001` as a binary fraction, multiplies it by a thousand, and cuts 1000.9999… to 1000 ns: before the end of
  /// an event that ends at 1001 ns. It then drops the second event as one that overlaps.
  /// That befalls up to every eighth whole nanosecond; 0.4 ps lift it within the first hour, and round away.
  mutating func append(timestamp picoseconds: Int) {
    append(microsecondsOf: picoseconds)
    guard picoseconds % 1000 == 0, isCutShort(nanoseconds: picoseconds / 1000) else { return }
    let decimals = picoseconds % 100_000 == 0 ? 1 : picoseconds % 10_000 == 0 ? 2 : 3
    for _ in decimals..<6 { bytes.append(UInt8(ascii: "0")) }
    bytes.append(UInt8(ascii: "4"))
  }

  /// Never of a whole number of microseconds.
  private func isCutShort(nanoseconds: Int) -> Bool { Int(Double(nanoseconds) / 1e3 * 1e3) < nanoseconds }

  private mutating func append(digits number: UInt) {
    var place: UInt = 1
    while number / place >= 10 { place *= 10 }
    var rest = number
    while place > 0 {
      let (digit, less) = rest.quotientAndRemainder(dividingBy: place)
      bytes.append(UInt8(truncatingIfNeeded: digit) + UInt8(ascii: "0"))
      (rest, place) = (less, place / 10)
    }
  }

  /// Six decimals of a number below a million, without the zeros at their end.
  private mutating func append(decimals number: UInt) {
    bytes.append(UInt8(ascii: "."))
    var (rest, place) = (number, 100_000 as UInt)
    while rest > 0 {
      let (digit, less) = rest.quotientAndRemainder(dividingBy: place)
      bytes.append(UInt8(truncatingIfNeeded: digit) + UInt8(ascii: "0"))
      (rest, place) = (less, place / 10)
    }
  }
}

/// Text as a JSON string, quotes included.
func jsonText(_ text: String) -> String {
  var escaped = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": escaped += "\\\""
    case "\\": escaped += "\\\\"
    case "\n": escaped += "\\n"
    case "\t": escaped += "\\t"
    case ..<" ": escaped += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
    default: escaped.unicodeScalars.append(scalar)
    }
  }
  return escaped + "\""
}
