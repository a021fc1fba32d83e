/// How one number is stored: its width is what memory and links are charged for.
package enum ScalarType: String, Hashable, Sendable, CaseIterable, Codable {
  case float32 = "fp32"
  case float64 = "fp64"
  case bfloat16 = "bf16"
  case float16 = "fp16"
  case int32

  /// Bytes that one value occupies.
  package var size: Int {
    switch self {
    case .bfloat16, .float16: 2
    case .float32, .int32: 4
    case .float64: 8
    }
  }

  /// What sums, statistics and losses over values of this type are kept in: 16-bit values accumulate in fp32.
  package var accumulation: ScalarType {
    switch self {
    case .bfloat16, .float16: .float32
    case .float32, .float64, .int32: self
    }
  }
}
