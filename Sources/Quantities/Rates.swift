/// Cycles per second.
package struct Frequency: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package var hertz: Double

  package init(_ hertz: Double) { self.hertz = hertz }
  package init(megahertz: Double) { hertz = megahertz * 1e6 }

  package static func < (a: Self, b: Self) -> Bool { a.hertz < b.hertz }

  package var megahertz: Double { hertz / 1e6 }
  package var description: String { "\(fixed(megahertz, decimals: 0)) MHz" }
}

/// Joules per second.
package struct Power: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package var watts: Double

  package init(watts: Double) { self.watts = watts }

  package static func < (a: Self, b: Self) -> Bool { a.watts < b.watts }

  package var description: String { "\(fixed(watts, decimals: 0)) W" }
}

extension Frequency {
  /// Reads `"1980 MHz"`, `"1.98 GHz"`.
  ///
  /// - Errors: `QuantityError` for a bare number, an unknown unit, or what is not above zero.
  package init(parsing text: String) throws(QuantityError) {
    hertz = try parsePositive(text, units: ["HZ": 1, "KHZ": 1e3, "MHZ": 1e6, "GHZ": 1e9], example: "1980 MHz")
  }
}

extension Power {
  /// Reads `"700 W"`, `"1.2 kW"`.
  ///
  /// - Errors: as `Frequency`'s.
  package init(parsing text: String) throws(QuantityError) {
    watts = try parsePositive(text, units: ["W": 1, "KW": 1e3], example: "700 W")
  }
}

extension Bandwidth {
  /// Reads `"3352 GB/s"`, `"200 Gbit/s"`: decimal prefixes; a bit is an eighth of a byte.
  ///
  /// - Errors: as `Frequency`'s.
  package init(parsing text: String) throws(QuantityError) {
    let bytes = ["B/S": 1, "KB/S": 1e3, "MB/S": 1e6, "GB/S": 1e9, "TB/S": 1e12]
    let bits = ["BIT/S": 0.125, "KBIT/S": 125, "MBIT/S": 125e3, "GBIT/S": 125e6, "TBIT/S": 125e9]
    bytesPerSecond = try parsePositive(text, units: bytes.merging(bits) { own, _ in own }, example: "900 GB/s")
  }
}

extension ComputeRate {
  /// Reads `"989.4 TFLOP/s"`.
  ///
  /// - Errors: as `Frequency`'s.
  package init(parsing text: String) throws(QuantityError) {
    let units = ["FLOP/S": 1, "MFLOP/S": 1e6, "GFLOP/S": 1e9, "TFLOP/S": 1e12, "PFLOP/S": 1e15]
    flopsPerSecond = try parsePositive(text, units: units, example: "312 TFLOP/s")
  }
}

private func parsePositive(_ text: String, units: [String: Double], example: String) throws(QuantityError) -> Double {
  let number = try parseQuantity(text, units: units, example: example)
  guard number > 0 else { throw QuantityError(text: text, reason: "is not above zero") }
  return number
}
