/// How one number is stored: its width is what memory and links are charged for.
package enum ScalarType: String, Hashable, Sendable, CaseIterable, Codable {
  case float32 = "fp32"
  case float64 = "fp64"
  case int32

  /// Bytes that one value occupies.
  package var size: Int {
    switch self {
    case .float32, .int32: 4
    case .float64: 8
    }
  }
}
