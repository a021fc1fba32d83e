/// Three significant digits without an exponent, for numbers between 0 and 9999: `1.50`, `15.0`, `150`.
package func threeDigits(_ value: Double) -> String {
  let decimals = abs(value) < 9.995 ? 2 : abs(value) < 99.95 ? 1 : 0
  return fixed(value, decimals: decimals)
}

/// A number with exactly so many decimals, rounded half away from zero.
package func fixed(_ value: Double, decimals: Int) -> String {
  guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  let scaled = (abs(value) * scale).rounded()
  guard scaled < 9e18 else { return "\(value)" }
  let digits = String(Int(scaled))
  let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return sign + padded }
  return sign + padded.dropLast(decimals) + "." + padded.suffix(decimals)
}

/// `1.50 GB/s` from 1.5e9 and `B/s`; a thousand is a small k, as the SI has it.
package func withDecimalPrefix(_ value: Double, _ unit: String) -> String {
  guard value.isFinite else { return "\(fixed(value, decimals: 0)) \(unit)" }
  var scaled = value
  for prefix in ["", "k", "M", "G", "T", "P"] {
    if abs(scaled) < 999.5 { return "\(threeDigits(scaled)) \(prefix)\(unit)" }
    scaled /= 1000
  }
  return "\(threeDigits(scaled)) E\(unit)"
}

/// A share of one as `37.5 %`.
package func percent(_ share: Double, decimals: Int = 1) -> String { "\(fixed(100 * share, decimals: decimals)) %" }

/// A time in the unit that keeps it below ten thousand: `1.50 us`, `3362 ms`, `12.5 s`.
package func withTimeUnit(_ seconds: Double) -> String {
  if abs(seconds) < 9999.5e-6 { return "\(threeDigits(seconds * 1e6)) us" }
  if abs(seconds) < 9999.5e-3 { return "\(threeDigits(seconds * 1e3)) ms" }
  return "\(threeDigits(seconds)) s"
}

/// An integer with thousands separated: `17,600`.
package func grouped(_ value: Int) -> String {
  let digits = Array(String(value.magnitude))
  let parts = stride(from: digits.count, to: 0, by: -3).reversed().map { String(digits[max(0, $0 - 3)..<$0]) }
  return (value < 0 ? "-" : "") + parts.joined(separator: ",")
}
