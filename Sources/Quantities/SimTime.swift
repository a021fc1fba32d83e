/// A span of simulated time, in whole picoseconds: sums do not depend on their order, and the same input gives the same timeline.
package struct SimDuration: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic {
  package var picoseconds: Int

  package init(picoseconds: Int) { self.picoseconds = picoseconds }

  /// Rounded to the nearest picosecond, once, where a cost model's answer becomes simulated time.
  package init(seconds: Double) {
    precondition(seconds >= 0 && seconds < 9e6, "\(seconds) s is no simulated time")
    picoseconds = Int((seconds * 1e12).rounded())
  }

  package static let zero = SimDuration(picoseconds: 0)
  package static func + (a: Self, b: Self) -> Self { SimDuration(picoseconds: a.picoseconds + b.picoseconds) }
  package static func - (a: Self, b: Self) -> Self { SimDuration(picoseconds: a.picoseconds - b.picoseconds) }
  package static func * (a: Self, factor: Int) -> Self { SimDuration(picoseconds: a.picoseconds * factor) }
  package static func / (a: Self, b: Self) -> Double { Double(a.picoseconds) / Double(b.picoseconds) }
  package static func < (a: Self, b: Self) -> Bool { a.picoseconds < b.picoseconds }

  package var seconds: Double { Double(picoseconds) * 1e-12 }
}

extension SimDuration: CustomStringConvertible {
  package var description: String {
    switch abs(picoseconds) {
    case ..<1000: "\(picoseconds) ps"
    case ..<1_000_000: "\(threeDigits(seconds * 1e9)) ns"
    default: withTimeUnit(seconds)
    }
  }
}

extension SimDuration {
  /// Reads `"1.5 us"`, `"3 ms"`.
  ///
  /// - Errors: `QuantityError` for a bare number, an unknown unit, a negative time, or more than 100 days.
  package init(parsing text: String) throws(QuantityError) {
    let units = ["PS": 1e-12, "NS": 1e-9, "US": 1e-6, "MS": 1e-3, "S": 1, "MIN": 60, "H": 3600]
    let seconds = try parseQuantity(text, units: units, example: "1.5 us")
    guard seconds >= 0, seconds < 8.64e6 else {
      throw QuantityError(text: text, reason: "is not a time between 0 and 100 days")
    }
    self.init(seconds: seconds)
  }
}

/// A point of simulated time, counted from the simulation's start. Instants differ by durations and cannot be added.
package struct SimInstant: Hashable, Comparable, Sendable, Codable {
  package var sinceStart: SimDuration

  package init(_ sinceStart: SimDuration) { self.sinceStart = sinceStart }

  package static let start = SimInstant(.zero)
  package static func + (a: Self, b: SimDuration) -> Self { SimInstant(a.sinceStart + b) }
  package static func - (a: Self, b: Self) -> SimDuration { a.sinceStart - b.sinceStart }
  package static func < (a: Self, b: Self) -> Bool { a.sinceStart < b.sinceStart }
}

extension ByteCount {
  /// A volume at a bandwidth takes a time.
  package static func / (volume: Self, bandwidth: Bandwidth) -> SimDuration {
    SimDuration(seconds: Double(volume.value) / bandwidth.bytesPerSecond)
  }
}
