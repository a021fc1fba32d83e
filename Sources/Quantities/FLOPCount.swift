/// An exact number of floating-point operations; a multiply-add counts as two.
package struct FLOPCount: Hashable, Comparable, Sendable, Codable, AdditiveArithmetic {
  package var value: Int

  package init(_ value: Int) { self.value = value }

  package static let zero = FLOPCount(0)
  package static func + (a: Self, b: Self) -> Self { FLOPCount(a.value + b.value) }
  package static func - (a: Self, b: Self) -> Self { FLOPCount(a.value - b.value) }
  package static func * (a: Self, factor: Int) -> Self { FLOPCount(a.value * factor) }
  package static func < (a: Self, b: Self) -> Bool { a.value < b.value }
  /// Work over time is a rate.
  package static func / (work: Self, seconds: Double) -> ComputeRate { ComputeRate(Double(work.value) / seconds) }
}

/// Floating-point operations per second.
package struct ComputeRate: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package var flopsPerSecond: Double

  package init(_ flopsPerSecond: Double) { self.flopsPerSecond = flopsPerSecond }

  package static func < (a: Self, b: Self) -> Bool { a.flopsPerSecond < b.flopsPerSecond }
  package static func / (a: Self, b: Self) -> Double { a.flopsPerSecond / b.flopsPerSecond }

  package var description: String { withDecimalPrefix(flopsPerSecond, "FLOP/s") }
}

/// Bytes per second.
package struct Bandwidth: Hashable, Comparable, Sendable, Codable, CustomStringConvertible {
  package var bytesPerSecond: Double

  package init(_ bytesPerSecond: Double) { self.bytesPerSecond = bytesPerSecond }

  package static func < (a: Self, b: Self) -> Bool { a.bytesPerSecond < b.bytesPerSecond }
  package static func / (a: Self, b: Self) -> Double { a.bytesPerSecond / b.bytesPerSecond }

  package var description: String { withDecimalPrefix(bytesPerSecond, "B/s") }
}

extension ByteCount {
  /// Volume over time is a bandwidth.
  package static func / (volume: Self, seconds: Double) -> Bandwidth { Bandwidth(Double(volume.value) / seconds) }
}
