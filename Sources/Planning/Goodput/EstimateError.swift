/// A figure to estimate from that means nothing: which, what it was, why, and what to write instead.
package struct EstimateError: Error, Hashable, CustomStringConvertible {
  package var key, value, reason, way: String

  package init(key: String, value: String, reason: String, way: String) {
    (self.key, self.value, self.reason, self.way) = (key, value, reason, way)
  }

  package var description: String { "\(key) \(value): \(reason); \(way)" }
}
