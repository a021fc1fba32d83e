/// Reads `"600 s"`, `"250 ms"`, `"10 min"` as seconds.
///
/// - Errors: a bare number, an unknown unit, a time that is not above zero.
func parseSeconds(_ text: String) throws(Complaint) -> Double {
  let example = "write it like '600 s'"
  let units = ["ms": 1e-3, "s": 1, "min": 60.0]
  let compact = text.filter { $0 != " " && $0 != "_" }
  let digits = compact.prefix { "0123456789.+-eE".contains($0) }
  guard let number = Double(digits), number.isFinite else {
    throw Complaint("is not a number with a unit", hint: example)
  }
  let unit = String(compact.dropFirst(digits.count))
  guard !unit.isEmpty else { throw Complaint("has no unit", hint: "\(example) (units: ms, s, min)") }
  guard let factor = units[unit] else {
    throw Complaint("has an unknown unit '\(unit)'", hint: "\(example) (units: ms, s, min)")
  }
  guard number > 0 else { throw Complaint("is not a time above 0") }
  return number * factor
}
