/// A quantity that a person wrote and that means nothing.
package struct QuantityError: Error, Hashable, CustomStringConvertible {
  package var text: String
  package var reason: String

  package var description: String { "'\(text)' \(reason)" }
}

/// Splits `"25 MiB"` into a number and one of `units` (upper-cased names), and multiplies them.
func parseQuantity(_ text: String, units: [String: Double], example: String) throws(QuantityError) -> Double {
  let trimmed = text.filter { $0 != "_" && $0 != " " }
  let digits = trimmed.prefix { $0.isNumber || "+-.eE".contains($0) && $0.isASCII }
  // "1e" would swallow the E of "1 EB"; no unit here starts with E, so the longest number wins.
  guard let number = Double(digits), number.isFinite else {
    throw QuantityError(text: text, reason: "is not a number with a unit; write it like '\(example)'")
  }
  let unit = trimmed.dropFirst(digits.count)
  guard !unit.isEmpty else {
    throw QuantityError(text: text, reason: "has no unit; write it like '\(example)'")
  }
  guard let factor = units[unit.uppercased()] else {
    throw QuantityError(text: text, reason: "has an unknown unit '\(unit)'; write it like '\(example)'")
  }
  return number * factor
}
