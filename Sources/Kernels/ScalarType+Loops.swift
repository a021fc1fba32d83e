import Quantities

extension ScalarType {
  /// Whether a loop over values of this type computes in fp64, else in fp32. There are no others: panels convert 16-bit values first.
  var isDouble: Bool {
    require(self == .float32 || self == .float64, "no loop computes in \(rawValue): panels convert it to fp32 first")
    return self == .float64
  }
}
