import Quantities

extension ScalarType {
  /// The distance from 1 to the next value.
  var epsilon: Double { self == .float64 ? Double.ulpOfOne : Double(Float.ulpOfOne) }
}

/// The types that kernels compute in.
let types: [ScalarType] = [.float32, .float64]

/// Lengths on both sides of the kernels' lanes, of eight and sixteen.
let oddSizes = [1, 3, 7, 8, 9, 15, 16, 17, 33, 100]

/// The largest error in units of the type's epsilon, relative to the expected value or to `floor`, whichever is larger.
/// Infinite where a value is missing or is not a number.
func worstError(_ actual: [Double], _ expected: [Double], _ type: ScalarType, floor: Double) -> Double {
  guard actual.count == expected.count else { return .infinity }
  return zip(actual, expected).reduce(0) { worst, pair in
    let error = abs(pair.0 - pair.1) / (max(abs(pair.1), floor) * type.epsilon)
    return error.isNaN ? .infinity : max(worst, error)
  }
}

/// Σ |x|, the scale by which a sum's rounding is judged.
func magnitude(_ values: some Sequence<Double>) -> Double { values.reduce(0) { $0 + abs($1) } }
