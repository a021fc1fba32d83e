package import Quantities

/// What a matrix product multiplies, and with which units: the storage alone does not say, since fp32 values can go through tensor
/// cores rounded to TF32. Sums are fp32 throughout (fp64 for fp64).
package enum MathPrecision: String, Hashable, Sendable, CaseIterable, Codable {
  case fp64, fp32, tf32, fp16, bf16, fp8

  /// The precision in which values of a type are multiplied where nothing else is asked for: as PyTorch does, fp32 stays fp32.
  package init?(_ type: ScalarType) {
    switch type {
    case .float64: self = .fp64
    case .float32: self = .fp32
    case .float16: self = .fp16
    case .bfloat16: self = .bf16
    case .int32: return nil
    }
  }

  /// Bytes of one stored operand value.
  package var size: Int {
    switch self {
    case .fp64: 8
    case .fp32, .tf32: 4
    case .fp16, .bf16: 2
    case .fp8: 1
    }
  }
}
