import Quantities
import Yams

extension ClusterFields {
  /// What `parse` makes of a key's text; a missing key and a refused text are mistakes.
  func value<Value>(
    _ key: String, like example: String, _ parse: (String) throws(Complaint) -> Value
  ) -> Value? {
    guard has(key) else {
      refuse(key, missing(key, example))
      return nil
    }
    return optional(key, parse)
  }

  /// Nil where the key is missing or its text is refused.
  func optional<Value>(_ key: String, _ parse: (String) throws(Complaint) -> Value) -> Value? {
    guard let node = node(key) else { return nil }
    guard let text = node.scalar?.string, !text.isEmpty else {
      refuse(key, Complaint("has no value, or more than one"))
      return nil
    }
    do throws(Complaint) { return try parse(text) } catch {
      refuse(key, value: text, error)
      return nil
    }
  }

  func text(_ key: String, like example: String) -> String? {
    value(key, like: example) { text throws(Complaint) in text }
  }

  func optionalText(_ key: String) -> String? { optional(key) { text throws(Complaint) in text } }

  func texts(_ key: String) -> [String] { elements(key).map { $0.string ?? "" } }

  func integer(_ key: String, like example: String, atLeast least: Int = 1, atMost most: Int = 1 << 20) -> Int? {
    value(key, like: example) { text throws(Complaint) in try whole(text, least, most) }
  }

  func optionalInteger(_ key: String, atLeast least: Int = 1, atMost most: Int = 1 << 20) -> Int? {
    optional(key) { text throws(Complaint) in try whole(text, least, most) }
  }

  /// The whole numbers that elements of a key's list are; others are mistakes.
  func integers(_ key: String, _ list: [Node], atLeast least: Int) -> [Int] {
    list.compactMap { element in
      let text = element.string ?? ""
      do throws(Complaint) { return try whole(text, least, 1 << 20) } catch {
        refuse(key, value: text, error)
        return nil
      }
    }
  }

  func quantity<Q>(
    _ key: String, like example: String, _ parse: (String) throws(QuantityError) -> Q
  ) -> Q? {
    value(key, like: example) { text throws(Complaint) in
      do throws(QuantityError) { return try parse(text) } catch { throw Complaint(error.reason) }
    }
  }

  /// `true` or `false`; a missing key is `assumed`.
  func flag(_ key: String, assumed: Bool) -> Bool {
    optional(key) { text throws(Complaint) in
      guard let flag = Bool(text) else { throw Complaint("is neither true nor false") }
      return flag
    } ?? assumed
  }

  /// A factor of at least one; a missing key is one.
  func factor(_ key: String) -> Double {
    optional(key) { text throws(Complaint) in
      guard let factor = Double(text), factor >= 1, factor.isFinite else {
        throw Complaint("is not a factor of at least 1", hint: "2 means half of the bandwidth")
      }
      return factor
    } ?? 1
  }

  /// One of the words of an enumeration.
  func choice<Value: RawRepresentable & CaseIterable>(_ key: String, like example: String) -> Value?
  where Value.RawValue == String {
    value(key, like: example) { text throws(Complaint) in
      if let value = Value(rawValue: text) { return value }
      throw Complaint("is none that is known", typed: text, known: Value.allCases.map(\.rawValue))
    }
  }
}

private func whole(_ text: String, _ least: Int, _ most: Int) throws(Complaint) -> Int {
  guard let value = Int(text), value >= least else { throw Complaint("is not a whole number of at least \(least)") }
  guard value <= most else { throw Complaint("is more than \(most), the most that is modelled") }
  return value
}
