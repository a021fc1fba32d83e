/// NVIDIA's version of the instruction set and of what one multiprocessor can hold.
package struct ComputeCapability: Hashable, Comparable, Sendable, CustomStringConvertible {
  package var major, minor: Int

  package init(_ major: Int, _ minor: Int) { (self.major, self.minor) = (major, minor) }

  /// Reads `"8.9"`.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let major = parts[0], let minor = parts[1], major > 0, minor >= 0 else { return nil }
    self.init(major, minor)
  }

  package static func < (a: Self, b: Self) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
  package var description: String { "\(major).\(minor)" }
}
