internal import Yams

/// The largest count: MPI and BLAS count with 32 bits.
let largestCount = Int(Int32.max)

extension Kind where Value == Int {
  /// A whole number of at least `minimum`.
  static func integer(atLeast minimum: Int, atMost maximum: Int = largestCount) -> Kind {
    let name = maximum < largestCount ? "integer from \(minimum) to \(maximum)" : "integer ≥ \(minimum)"
    return Kind(name) { (node: Node) throws(Complaint) -> Int in
      guard let number = node.number else { throw .wrongType(node, "an integer ≥ \(minimum)") }
      guard number.isFinite else { throw Complaint("is not finite") }
      guard let value = node.plain.flatMap({ Int($0.filter { $0 != "_" }) }) else {
        throw number.magnitude > 9e18 ? .tooLarge(maximum) : Complaint("is not an integer ≥ \(minimum)")
      }
      guard value >= minimum else { throw Complaint("is not an integer ≥ \(minimum)") }
      guard value <= maximum else { throw .tooLarge(maximum) }
      return value
    } write: {
      .integer($0)
    }
  }

  static let count = integer(atLeast: 1)
}

extension Kind where Value == Int? {
  /// A number of ranks, or -1 for as many as the world leaves.
  static let ranksOrWorld = Kind("integer ≥ 1, or -1") { (node: Node) throws(Complaint) -> Int? in
    node.plain == "-1" ? nil : try Kind<Int>.count.read(node)
  } write: {
    .integer($0 ?? -1)
  }
}

extension Kind where Value == UInt64 {
  static let seed = Kind("integer ≥ 0") { (node: Node) throws(Complaint) -> UInt64 in
    UInt64(try Kind<Int>.integer(atLeast: 0, atMost: .max).read(node))
  } write: {
    .integer(Int($0))
  }
}

extension Kind where Value == Double {
  /// A finite number that `holds`, which `name` puts in words.
  private static func number(_ name: String, _ holds: @escaping @Sendable (Double) -> Bool) -> Kind {
    Kind(name) { (node: Node) throws(Complaint) -> Double in
      guard let value = node.number else { throw .wrongType(node, "a \(name)") }
      guard value.isFinite else { throw Complaint("is not finite", hint: "give a \(name)") }
      guard holds(value) else { throw Complaint("is not a \(name)") }
      return value
    } write: {
      .number($0)
    }
  }

  static let notNegative = number("number ≥ 0") { $0 >= 0 }
  static let positive = number("number > 0") { $0 > 0 }
  static let probability = number("number from 0 to below 1") { (0..<1).contains($0) }
  static let shrinking = number("number above 0, below 1") { 0 < $0 && $0 < 1 }
  static let growing = number("number > 1") { $0 > 1 }
  static let factor = number("number above 0, up to 1") { 0 < $0 && $0 <= 1 }
  /// Deviation over mean; beyond 2, a mean says little.
  static let variation = number("number from 0 to 2") { (0...2).contains($0) }

  /// A time, read with its unit.
  static let seconds = time("600 s") { text throws(Complaint) in try parseSeconds(text) }

  /// A time that may be days.
  static let duration = time("5 min") { text throws(Complaint) in
    try parseSeconds(text, like: "5 min", in: TimeUnits.long)
  }

  /// A time that may be days, or nothing.
  static let durationOrZero = time("30 s") { text throws(Complaint) in
    try parseSeconds(text, like: "30 s", in: TimeUnits.long, orZero: true)
  }

  private static func time(
    _ example: String, _ parse: @escaping @Sendable (String) throws(Complaint) -> Double
  ) -> Kind {
    Kind("time, as in \(example)") { (node: Node) throws(Complaint) -> Double in
      guard let text = node.text, !node.isNull else { throw .wrongType(node, "a time") }
      return try parse(text)
    } write: {
      .text("\($0) s")
    }
  }
}

extension Complaint {
  fileprivate static func tooLarge(_ maximum: Int) -> Complaint { Complaint("is larger than \(maximum)") }
}
