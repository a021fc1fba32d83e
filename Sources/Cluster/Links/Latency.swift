import Quantities

/// A time that a link adds to a message, in seconds.
package struct Latency: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic, CustomStringConvertible {
  package var seconds: Double

  package init(seconds: Double) { self.seconds = seconds }
  package init(microseconds: Double) { seconds = microseconds * 1e-6 }

  package static let zero = Latency(seconds: 0)
  package static func + (a: Self, b: Self) -> Self { Latency(seconds: a.seconds + b.seconds) }
  package static func - (a: Self, b: Self) -> Self { Latency(seconds: a.seconds - b.seconds) }
  package static func < (a: Self, b: Self) -> Bool { a.seconds < b.seconds }

  package var microseconds: Double { seconds * 1e6 }
  package var description: String { withTimeUnit(seconds) }
}

extension Latency {
  /// Reads `"1.5 us"`, `"300 ns"`.
  ///
  /// - Errors: a bare number, an unknown unit, or a negative time.
  init(parsing text: String) throws(Complaint) {
    let units = ["ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1]
    let trimmed = text.filter { $0 != " " && $0 != "_" }
    let digits = trimmed.prefix { ($0.isNumber && $0.isASCII) || ".+-".contains($0) }
    let unit = String(trimmed.dropFirst(digits.count))
    guard let number = Double(digits), number >= 0 else {
      throw Complaint("is not a time of at least zero", hint: "write it like '1.5 us'")
    }
    guard let factor = units[unit] else {
      let reason = unit.isEmpty ? "has no unit" : "has an unknown unit '\(unit)'"
      throw Complaint(reason, hint: "write it like '1.5 us'")
    }
    self.init(seconds: number * factor)
  }
}
