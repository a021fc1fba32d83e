import Foundation
import Quantities

/// A duration as people say it, two units at most: `12.5 ms`, `4.2 s`, `3 min 05 s`, `1 h 02 min`, `2 d 03 h`.
package func durationText(_ seconds: Double) -> String {
  guard seconds.isFinite, seconds >= 0, seconds < 1e12 else { return "unknown" }
  if seconds == 0 { return "0 s" }
  if seconds < 0.9995 { return "\(threeDigits(seconds * 1000)) ms" }
  if seconds < 59.95 { return "\(fixed(seconds, decimals: 1)) s" }
  let whole = Int(seconds.rounded())
  if whole < 3600 { return twoUnits(whole, 60, "min", "s") }
  let minutes = Int((seconds / 60).rounded())
  if minutes < 24 * 60 { return twoUnits(minutes, 60, "h", "min") }
  return twoUnits(Int((seconds / 3600).rounded()), 24, "d", "h")
}

/// `125` as `2 min 05 s`: the second unit keeps two digits, so that columns of durations line up.
private func twoUnits(_ count: Int, _ perLarge: Int, _ large: String, _ small: String) -> String {
  let rest = count % perLarge
  return "\(count / perLarge) \(large) \(rest < 10 ? "0" : "")\(rest) \(small)"
}

/// Three decimals where they say something, otherwise an exponent: gradient norms and perplexities span many decades.
func compact(_ value: Double) -> String {
  guard value.isFinite else { return fixed(value, decimals: 0) }
  if value == 0 || (0.01..<99_999.5).contains(abs(value)) {
    return fixed(value, decimals: abs(value) < 999.5 ? 3 : 0)
  }
  return scientific(value)
}

/// `1.00e-03`, as Megatron prints learning rates.
func scientific(_ value: Double) -> String {
  value.isFinite ? String(format: "%.2e", value) : fixed(value, decimals: 0)
}

/// `1 step`, `2,000 steps`.
func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")" }

/// A whole number of something per second; `inf` for a step too short for the clock.
func perSecond(_ count: Int, _ seconds: Double) -> String {
  let rate = Double(count) / seconds
  return rate.isFinite && rate < 9e18 ? grouped(Int(rate.rounded())) : fixed(rate, decimals: 0)
}

extension String {
  /// Blanks on the left up to a width, so that digits stand above digits.
  func aligned(_ width: Int) -> String { String(repeating: " ", count: max(0, width - count)) + self }

  /// Blanks on the right up to a width.
  func filled(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
