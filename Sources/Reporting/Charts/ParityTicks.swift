import Foundation
import Quantities

/// The round numbers on a logarithmic axis: about four to nine of them, from every few decades down to even steps.
struct ParityTicks {
  let values: [Double]

  /// - Parameter range: decimal logarithms at the ends.
  init(_ range: ClosedRange<Double>) {
    let decades = range.upperBound - range.lowerBound
    if decades < 0.9 {
      values = Self.even(range)
    } else {
      let digits: [Double] = decades < 2.2 ? [1, 2, 5] : decades < 3.5 ? [1, 3] : [1]
      let apart = max(1, Int((decades / 9).rounded(.up)))
      values = Self.powers(range, apart).flatMap { power in digits.map { Self.value($0, power) } }
        .filter { range.contains(log10($0)) }
    }
  }

  private static func powers(_ range: ClosedRange<Double>, _ apart: Int) -> [Int] {
    let (low, high) = (Int(range.lowerBound.rounded(.down)), Int(range.upperBound.rounded(.up)))
    return (low...high).filter { $0 % apart == 0 }
  }

  /// Powers of ten are exact up to 10²²; dividing by one rounds once, multiplying by its inverse twice.
  private static func value(_ digit: Double, _ power: Int) -> Double {
    power < 0 ? digit / pow(10, Double(-power)) : digit * pow(10, Double(power))
  }

  /// Multiples of a 1, 2 or 5 of some power of ten.
  private static func even(_ range: ClosedRange<Double>) -> [Double] {
    let (low, high) = (pow(10, range.lowerBound), pow(10, range.upperBound))
    let power = Int(log10((high - low) / 4).rounded(.down))
    let digit = [5.0, 2, 1].first { (high - low) / value($0, power) >= 4 } ?? 1
    let step = value(digit, power)
    return (Int((low / step).rounded(.up))...Int((high / step).rounded(.down))).map { value(Double($0) * digit, power) }
  }

  /// All in plain digits, or all as powers of ten where one of them is below a thousandth or above ten thousand: `0.02`, `5,000`,
  /// `3·10⁻⁷`.
  var texts: [String] {
    let powers = values.map { Int((log10($0) + 1e-9).rounded(.down)) }
    let arePlain = powers.allSatisfy((-3..<5).contains)
    return zip(values, powers).map { arePlain || (0...1).contains($1) ? Self.plain($0) : Self.raised($0, $1) }
  }

  private static func raised(_ value: Double, _ power: Int) -> String {
    let digits = withoutZeros(fixed(value / pow(10, Double(power)), decimals: 3))
    return (digits == "1" ? "" : digits + "·") + "10" + raised(power)
  }

  private static func plain(_ value: Double) -> String {
    value >= 1000 ? grouped(Int(value.rounded())) : withoutZeros(fixed(value, decimals: 6))
  }

  private static func withoutZeros(_ text: String) -> String {
    guard text.contains(".") else { return text }
    let digits = text.reversed().drop { $0 == "0" }
    return String((digits.first == "." ? digits.dropFirst() : digits).reversed())
  }

  private static func raised(_ power: Int) -> String {
    let digits = Array("⁰¹²³⁴⁵⁶⁷⁸⁹")
    return (power < 0 ? "⁻" : "") + String(String(power.magnitude).compactMap(\.wholeNumberValue).map { digits[$0] })
  }
}
