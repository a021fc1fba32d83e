/// An exact number of bytes.
package struct ByteCount: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic {
  package var value: Int

  package init(_ value: Int) { self.value = value }

  /// The bytes of `count` scalars of one type.
  package init(_ count: Int, of type: ScalarType) { value = count * type.size }

  package static let zero = ByteCount(0)
  package static func + (a: Self, b: Self) -> Self { ByteCount(a.value + b.value) }
  package static func - (a: Self, b: Self) -> Self { ByteCount(a.value - b.value) }
  package static func * (a: Self, factor: Int) -> Self { ByteCount(a.value * factor) }
  package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

extension ByteCount: CustomStringConvertible {
  /// Three significant digits in the largest binary unit that keeps the number at one or more: `1.50 MiB`.
  package var description: String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"]
    var scaled = Double(value)
    var unit = 0
    while abs(scaled) >= 1024, unit < units.count - 1 { (scaled, unit) = (scaled / 1024, unit + 1) }
    return unit == 0 ? "\(value) B" : "\(threeDigits(scaled)) \(units[unit])"
  }
}

extension ByteCount {
  /// Reads `"25 MiB"`, `"1.5 GB"`, `"512 B"`. Binary and decimal prefixes mean what they say.
  ///
  /// - Errors: `QuantityError` for a bare number, an unknown unit, a negative or a fractional count of bytes.
  package init(parsing text: String) throws(QuantityError) {
    let units: [String: Double] = [
      "B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "PB": 1e15,
      "KIB": 1024, "MIB": 1_048_576, "GIB": 1_073_741_824, "TIB": 1_099_511_627_776, "PIB": 1_125_899_906_842_624,
    ]
    let number = try parseQuantity(text, units: units, example: "25 MiB")
    guard number >= 0, number < 9e18, number == number.rounded() else {
      throw QuantityError(text: text, reason: "is not a whole, non-negative number of bytes")
    }
    self.init(Int(number))
  }
}
