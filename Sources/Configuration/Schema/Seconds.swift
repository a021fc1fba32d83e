/// The units of time that a key takes, by their seconds.
enum TimeUnits {
  static let short: KeyValuePairs = ["ms": 1e-3, "s": 1, "min": 60.0]
  static let long: KeyValuePairs = ["ms": 1e-3, "s": 1, "min": 60.0, "h": 3600, "d": 86400]
}

/// Reads `"600 s"`, `"250 ms"`, `"10 min"` as seconds.
///
/// - Errors: a bare number, an unknown unit, a time that is not above zero or, where zero is a time too, below it.
func parseSeconds(
  _ text: String, like example: String = "600 s", in units: KeyValuePairs<String, Double> = TimeUnits.short,
  orZero: Bool = false
) throws(Complaint) -> Double {
  let example = "write it like '\(example)'"
  let compact = text.filter { $0 != " " && $0 != "_" }
  let digits = compact.prefix { "0123456789.+-eE".contains($0) }
  guard let number = Double(digits), number.isFinite else {
    throw Complaint("is not a number with a unit", hint: example)
  }
  let (unit, known) = (String(compact.dropFirst(digits.count)), units.map(\.key).joined(separator: ", "))
  guard !unit.isEmpty else { throw Complaint("has no unit", hint: "\(example) (units: \(known))") }
  guard let factor = units.first(where: { $0.key == unit })?.value else {
    throw Complaint("has an unknown unit '\(unit)'", hint: "\(example) (units: \(known))")
  }
  guard number > 0 || orZero && number == 0 else {
    throw Complaint(orZero ? "is not a time of at least 0" : "is not a time above 0")
  }
  return number * factor
}
