extension ModelConfiguration {
  /// A setting that makes no model.
  package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name in the family's `config.json`.
    package var key: String
    package var value: String?
    package var reason: String
    package var hint: String

    package init(key: String, value: String?, reason: String, hint: String) {
      (self.key, self.value, self.reason, self.hint) = (key, value, reason, hint)
    }

    package var description: String { "\(key) \(value.map { "'\($0)' " } ?? "")\(reason); \(hint)" }
  }
}

extension ModelConfiguration.Problem {
  static func size(_ key: String, _ size: Int) -> Self? {
    guard size < 1 || size > Int(Int32.max) else { return nil }
    return Self(
      key: key, value: "\(size)", reason: "is not between 1 and \(Int32.max)",
      hint: "use a smaller size, or leave it out")
  }

  static func probability(_ key: String, _ value: Double) -> Self? {
    guard !(0..<1).contains(value) else { return nil }
    return Self(
      key: key, value: "\(value)", reason: "is not a probability from 0 to below 1", hint: "0 drops nothing")
  }

  static func positive(_ key: String, _ value: Double, hint: String) -> Self? {
    guard !(value > 0 && value.isFinite) else { return nil }
    return Self(key: key, value: "\(value)", reason: "is not a number above 0", hint: hint)
  }

  static func tooLarge(_ key: String, _ size: Int, parameters: Double) -> Self? {
    guard parameters >= 1e15 else { return nil }
    return Self(key: key, value: "\(size)", reason: "makes more than 10^15 parameters", hint: "use smaller sizes")
  }

  /// A size that another one does not divide; `counted` is what the divisor counts.
  static func remainder(_ key: String, _ size: Int, _ divisor: String, _ parts: Int, counted: String) -> Self {
    let below = size - size % parts
    let fitting = [below, below + parts].filter { $0 > 0 }.map(String.init).joined(separator: " or ")
    return Self(
      key: key, value: "\(size)", reason: "does not divide by \(divisor) \(parts)",
      hint: "use \(fitting), or another number of \(counted)")
  }
}
